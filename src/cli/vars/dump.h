// SPDX-License-Identifier: Apache-2.0
// Vars in plain sight, as `vars export` leaves them and `vars import` takes them:
// FOLDER/PLACE/GENERATOR/FILE, and .validation-hash beside the files of a generator. Folders are 0700, files
// 0600.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "secret/buffer.h"
#include "store/var.h"

namespace vmcred::cli {

class Dump {
 public:
  // A new folder. Refused, unless `disk` allows it, where it would lie on a file system that keeps its bytes.
  enum class Disk { refused, allowed };
  static base::Result<Dump> create(const std::string& path, Disk disk);

  // Would create() do it? Changes nothing.
  static base::Result<void> check_create(const std::string& path, Disk disk);

  static base::Result<Dump> open(const std::string& path);

  // Where they lie below the folder.
  static std::string name_of(const store::VarId& var);
  static std::string name_of_hash(const store::GeneratorId& generator);

  base::Result<void> write(const store::VarId& var, std::span<const std::byte> value);
  base::Result<void> write_hash(const store::GeneratorId& generator, const std::string& hash);

  // Absent: nothing.
  base::Result<std::optional<secret::SecretBuffer>> read(const store::VarId& var) const;
  base::Result<std::optional<std::string>> read_hash(const store::GeneratorId& generator) const;

 private:
  Dump(std::string path, base::UniqueFd directory)
      : m_path(std::move(path)), m_directory(std::move(directory)) {}
  base::Result<void> write_file(const std::string& name, std::span<const std::byte> contents);

  std::string m_path;
  base::UniqueFd m_directory;
};

}  // namespace vmcred::cli
