// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "history/record.h"

namespace vmcred::history {

// The records of one host's VMs, root's alone.
class Archive {
 public:
  explicit Archive(std::string directory) : m_directory(std::move(directory)) {}

  // Nothing where the VM has none. Fails with an io error, as for anyone but root, who may not look.
  base::Result<std::optional<Record>> booted(std::string_view vm) const;
  base::Result<std::optional<Record>> previous(std::string_view vm) const;

  // Notes what has come up. What was booted before becomes the previous one, if it was another
  // (is_another()), and the target is reached or given up.
  base::Result<void> add(const Record& record) const;

  // Where somebody is on the way back to, so that whoever is interrupted goes on to the same place.
  base::Result<std::optional<Record>> target(std::string_view vm) const;
  base::Result<void> set_target(const Record& record) const;
  base::Result<void> clear_target(std::string_view vm) const;

 private:
  std::string path(std::string_view vm, std::string_view name) const;
  base::Result<std::optional<Record>> read(std::string_view vm, std::string_view name) const;
  base::Result<void> write(const Record& record, std::string_view name) const;

  std::string m_directory;
};

}  // namespace vmcred::history
