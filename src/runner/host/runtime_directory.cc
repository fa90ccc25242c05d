// SPDX-License-Identifier: Apache-2.0
#include "runner/host/runtime_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Result;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

// The directory that holds the VMs' ones: anyone may pass, nobody but its owner may add.
Result<void> make_parent(const std::string& path) {
  if (::mkdir(path.c_str(), 0755) != 0) return errno == EEXIST ? Result<void>() : base::errno_error(path);
  if (::chmod(path.c_str(), 0755) != 0) return base::errno_error(path);
  return {};
}

}  // namespace

Result<std::string> shared_runtime_directory() {
  if (const auto chosen = environment("VMCRED_RUNTIME_DIR"); !chosen.empty()) return chosen;
  if (const auto unit = environment("RUNTIME_DIRECTORY"); !unit.empty()) return unit;
  if (::geteuid() == 0) return "/run/vmcred";
  if (const auto session = environment("XDG_RUNTIME_DIR"); !session.empty())
    return concat(session, "/vmcred");
  return base::Error{.kind = base::ErrorKind::host,
                     .what =
                         "no runtime directory: neither $VMCRED_RUNTIME_DIR, $RUNTIME_DIRECTORY nor "
                         "$XDG_RUNTIME_DIR is set",
                     .hint = "set VMCRED_RUNTIME_DIR to a directory that only you can write"};
}

Result<std::string> runtime_directory(const std::string& vm_name) {
  VMCRED_TRY_ASSIGN(std::string shared, shared_runtime_directory());
  const bool is_the_units =
      shared == environment("RUNTIME_DIRECTORY") && environment("VMCRED_RUNTIME_DIR").empty();
  return is_the_units ? shared : concat(shared, "/", vm_name);
}

Result<void> make_runtime_directory(const std::string& path, const Identity& identity) {
  VMCRED_TRY(make_parent(parent_of(path)));
  const bool made = ::mkdir(path.c_str(), 0700) == 0;
  if (!made && errno != EEXIST) return base::errno_error(path);
  VMCRED_TRY_ASSIGN(const base::UniqueFd directory,
                    base::open_file(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  if (made && ::fchown(directory.get(), identity.uid, identity.gid) != 0) return base::errno_error(path);
  struct stat status{};
  if (::fstat(directory.get(), &status) != 0) return base::errno_error(path);
  if (status.st_uid != identity.uid || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return base::Error{
        .kind = base::ErrorKind::refused,
        .what = concat(path, " belongs to user ", status.st_uid, " or is open to others, expected user ",
                       identity.uid, " and mode 0700"),
        .hint = concat("remove it: rm -r ", path)};
  return {};
}

}  // namespace vmcred::runner
