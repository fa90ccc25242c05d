// SPDX-License-Identifier: Apache-2.0
// Which making of a generator's files lies in the store, and from which makings of its dependencies it came.
// That is how dependents that were left behind are noticed. docs/formats/vars.md has the form of the file.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/transaction.h"
#include "store/var.h"

namespace vmcred::vars {

// Of what nobody has noted, for example what clan has made.
inline constexpr std::string_view k_unknown_version = "-";

struct Making {
  std::string version{k_unknown_version};   // 32 random hex digits: says nothing of the values
  std::map<std::string, std::string> from;  // each dependency's path in the store, and its version then

  bool operator==(const Making&) const = default;
};

// What a rollback brings back.
struct WayBack {
  Making making;
  std::optional<std::string> validation;  // the validation hash of then
  std::vector<std::string> files;         // that had other values: at least one, maybe not all

  bool operator==(const WayBack&) const = default;
};

struct VersionFile {
  Making current;
  std::optional<WayBack> previous;

  bool operator==(const VersionFile&) const = default;
};

std::string text_of(const VersionFile& file);

// Fails with a config error that names `subject`.
base::Result<VersionFile> parse_version_file(std::string_view text, std::string_view subject);

base::Result<std::string> new_version();

// The version files of one store.
class Versions {
 public:
  explicit Versions(std::string vars_path) : m_vars_path(std::move(vars_path)) {}

  // As it is on disk; nothing where there is none.
  base::Result<std::optional<VersionFile>> read(const store::GeneratorId& generator) const;

  // The current version, or k_unknown_version.
  base::Result<std::string> version_of(const store::GeneratorId& generator) const;

  base::Result<void> write(store::Transaction& transaction, const store::GeneratorId& generator,
                           const VersionFile& file) const;
  base::Result<void> remove(store::Transaction& transaction, const store::GeneratorId& generator) const;

  // The file itself.
  std::string path_of(const store::GeneratorId& generator) const;

  // The folder that holds the "vars" folder, where a transaction has its root.
  std::string root() const;

 private:
  std::string path_in_root(const store::GeneratorId& generator) const;

  std::string m_vars_path;
};

}  // namespace vmcred::vars
