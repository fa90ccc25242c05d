// SPDX-License-Identifier: Apache-2.0
#include "guest/init.h"

#include <fcntl.h>
#include <unistd.h>
#include <cstdlib>

#include "base/process.h"
#include "base/text.h"
#include "credential/initrd_segment.h"
#include "guest/commands.h"
#include "guest/directory.h"
#include "guest/initrd.h"
#include "guest/last_words.h"

namespace vmcred::guest {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;

// Where the kernel found no console, PID 1 starts without standard streams, and the first file that is opened
// would be one. What is put there goes at exec.
void reserve_standard_streams() {
  int fd = 0;
  do { fd = ::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC); } while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0) ::close(fd);
}

// Returns only on failure.
Error become_next(const std::string& root, std::span<const std::string> arguments) {
  auto next = take_from_initrd(root);
  if (!next) return base::in("credentials of the initrd", std::move(next));
  ::setenv("CREDENTIALS_DIRECTORY", concat(root, k_system_directory).c_str(), 1);
  std::vector<std::string> words{*next};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return base::become_program(root + *next, words)
      .in("become the next init")
      .with_hint("the initrd needs that program; 'rdinit=PATH' in the VM's kernel_params names another one");
}

}  // namespace

bool is_started_as_init(std::string_view program) { return program.ends_with(credential::k_shim_program); }

void run_as_init(std::span<const std::string> arguments) {
  reserve_standard_streams();
  end_machine(become_next("", arguments));
}

base::Result<void> run_init(const command::Arguments& arguments, const command::Streams&) {
  const auto root = arguments.value("--root");
  if (!root)
    return Error{.kind = ErrorKind::refused,
                 .what = concat("only the kernel starts this, as ", credential::k_shim_program),
                 .hint = "--root DIR tries it with an initrd that is unpacked there"};
  return become_next(*root, arguments.operands());
}

}  // namespace vmcred::guest
