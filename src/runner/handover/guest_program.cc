// SPDX-License-Identifier: Apache-2.0
#include "runner/handover/guest_program.h"

#include <unistd.h>
#include <climits>

#include "base/process.h"
#include "base/text.h"

namespace vmcred::runner {

using base::concat;
using base::Result;

Result<std::string> find_guest_program(const std::string& program_directory) {
  for (const std::string_view place : {"/vmcred-guest", "/../libexec/vmcred/vmcred-guest"})
    if (auto path = concat(program_directory, place); base::is_program(path)) return path;
  return base::Error{
      .kind = base::ErrorKind::host,
      .what = concat("vmcred-guest, which takes the credentials out of the initrd in the guest, is not in ",
                     program_directory),
      .hint = "install it beside vmcred, as 'cmake --install' and the package do"};
}

Result<std::string> find_guest_program() {
  std::string path(PATH_MAX, '\0');
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  if (size < 0) return base::errno_error("/proc/self/exe");
  path.resize(static_cast<std::size_t>(size));
  return find_guest_program(path.substr(0, path.rfind('/')));
}

}  // namespace vmcred::runner
