// SPDX-License-Identifier: Apache-2.0
#include "guest/last_words.h"

#include <fcntl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>
#include <cstdlib>

#include "base/file.h"
#include "base/text.h"
#include "base/unique_fd.h"
#include "command/output.h"
#include "guest/commands.h"

namespace vmcred::guest {
namespace {

using base::UniqueFd;

constexpr const char* k_console = "/dev/console";
const dev_t k_console_device = makedev(5, 1);
constexpr const char* k_kernel_log = "/dev/kmsg";
const dev_t k_kernel_log_device = makedev(1, 11);

// An initrd may have no devices at all yet.
UniqueFd open_device(const char* path, dev_t device) {
  UniqueFd fd(::open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC));
  if (fd.valid()) return fd;
  ::mkdir("/dev", 0755);
  ::mknod(path, S_IFCHR | 0600, device);
  return UniqueFd(::open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC));
}

void say(const base::Error& error) {
  ::setenv("NO_COLOR", "1", 1);
  if (const UniqueFd console = open_device(k_console, k_console_device); console.valid()) {
    command::print_error(k_program_name, {.out = console.get(), .error = console.get()}, error);
    ::tcdrain(console.get());
  } else if (const UniqueFd log = open_device(k_kernel_log, k_kernel_log_device); log.valid()) {
    const std::string text = base::concat("<3>", k_program_name, ": error: ", error.what, "\n");
    static_cast<void>(base::write_all(log.get(), std::as_bytes(std::span(text)), k_kernel_log));
  }
}

}  // namespace

void end_machine(const base::Error& error) {
  say(error);
  ::sync();
  ::reboot(RB_AUTOBOOT);
  ::_exit(1);
}

}  // namespace vmcred::guest
