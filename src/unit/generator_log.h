// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "base/error.h"
#include "base/unique_fd.h"
#include "systemd/journal.h"

namespace vmcred::unit {

// Where a generator may complain: the journal once there is one, which takes each line without making us
// wait; before, the kernel's log, as systemd.generator(7) has it; standard error where neither is.
class GeneratorLog {
 public:
  GeneratorLog();

  // One line for the error, with all its findings, about a VM or "" for none.
  void error(std::string_view vm, const base::Error& error) const;

 private:
  void write(std::string_view vm, std::string_view text) const;

  std::optional<systemd::Journal> m_journal;
  base::UniqueFd m_kernel_log;
};

}  // namespace vmcred::unit
