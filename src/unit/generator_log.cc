// SPDX-License-Identifier: Apache-2.0
#include "unit/generator_log.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::unit {
namespace {

using base::concat;

constexpr std::string_view k_name = "vmcred-generator";

// LOG_DAEMON and LOG_ERR of syslog(3).
constexpr std::string_view k_kernel_prefix = "<27>";

}  // namespace

GeneratorLog::GeneratorLog() {
  if (base::path_exists(std::string(systemd::Journal::k_socket))) {
    m_journal.emplace(k_name);
    return;
  }
  m_kernel_log = base::UniqueFd(::open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
}

void GeneratorLog::error(std::string_view vm, const base::Error& error) const {
  std::string text = error.what;
  for (const base::Error& other : error.others) text += concat("; ", other.what);
  if (!error.hint.empty()) text += concat(" (hint: ", error.hint, ")");
  write(vm, base::escaped(text));
}

void GeneratorLog::write(std::string_view vm, std::string_view text) const {
  if (m_journal) {
    const systemd::Field fields[] = {{.name = "VMCRED_VM", .value = vm}};
    m_journal->write(systemd::Priority::error, text, std::span(fields, vm.empty() ? 0 : 1));
    return;
  }
  const bool to_kernel = m_kernel_log.valid();
  const std::string line = concat(to_kernel ? k_kernel_prefix : "", k_name, ": ", text, "\n");
  // There is nowhere left to say that nobody listens.
  if (::write(to_kernel ? m_kernel_log.get() : STDERR_FILENO, line.data(), line.size()) < 0) return;
}

}  // namespace vmcred::unit
