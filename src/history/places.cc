// SPDX-License-Identifier: Apache-2.0
#include "history/places.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <cerrno>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::history {

base::Result<void> make_place(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return base::errno_error(directory);
  return {};
}

base::Result<base::UniqueFd> lock_launches(const Places& places, std::string_view vm) {
  VMCRED_TRY(make_place(places.key));
  const std::string file = base::concat(places.key, "/", vm, ".lock");
  VMCRED_TRY_ASSIGN(base::UniqueFd lock, base::open_file(file, O_RDWR | O_CREAT, 0600));
  while (::flock(lock.get(), LOCK_EX) != 0)
    if (errno != EINTR) return base::errno_error(file);
  return lock;
}

}  // namespace vmcred::history
