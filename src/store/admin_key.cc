// SPDX-License-Identifier: Apache-2.0
#include "store/admin_key.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <string_view>

#include "age/identity.h"
#include "age/identity_file.h"
#include "base/file.h"
#include "base/text.h"
#include "store/key_sources.h"

namespace vmcred::store {
namespace {

base::Result<std::string> key_file_path() {
  if (std::string path = variable("SOPS_AGE_KEY_FILE"); !path.empty()) return path;
  std::string path = in_config_home("sops/age/keys.txt");
  if (!path.empty()) return path;
  return base::Error{.kind = base::ErrorKind::host,
                     .what = "there is no place for a new key: neither $SOPS_AGE_KEY_FILE nor $HOME is set",
                     .hint = "set SOPS_AGE_KEY_FILE to the file that the key is to go to"};
}

base::Result<void> make_parents(const std::string& path) {
  for (std::size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    const std::string folder = path.substr(0, slash);
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return base::errno_error(folder);
  }
  return {};
}

// Whatever the last line lacks.
base::Result<std::string_view> separator_for(int fd, const std::string& path) {
  const off_t size = ::lseek(fd, 0, SEEK_END);
  if (size < 0) return base::errno_error(path);
  char last = '\n';
  if (size > 0 && ::pread(fd, &last, 1, size - 1) != 1) return base::errno_error(path);
  return std::string_view(last == '\n' ? "" : "\n");
}

// All of it or nothing: a half-written line would make the keys before it unreadable, too.
base::Result<void> append(const std::string& path, const secret::SecretBuffer& identity) {
  VMCRED_TRY(make_parents(path));
  VMCRED_TRY_ASSIGN(const base::UniqueFd fd, base::open_file(path, O_RDWR | O_CREAT | O_APPEND, 0600));
  VMCRED_TRY_ASSIGN(const auto separator, separator_for(fd.get(), path));
  const off_t before = ::lseek(fd.get(), 0, SEEK_END);
  auto written = base::write_all(fd.get(), std::as_bytes(std::span(separator)), path);
  if (written) written = base::write_all(fd.get(), identity.bytes(), path);
  if (written && ::fsync(fd.get()) != 0 && errno != EINVAL) written = base::errno_error(path);
  if (!written && before >= 0) static_cast<void>(::ftruncate(fd.get(), before) == 0);
  return written;
}

}  // namespace

base::Result<AdminKey> ensure_admin_key(const Keyring& keyring) {
  if (!keyring.age_recipients().empty())
    return AdminKey{.recipients = keyring.age_recipients(), .new_key_file = {}};
  VMCRED_TRY_ASSIGN(std::string path, key_file_path());
  VMCRED_TRY_ASSIGN(const age::GeneratedIdentity identity, age::generate_identity());
  VMCRED_TRY_ASSIGN(const auto file, age::identity_file(identity));
  VMCRED_TRY(append(path, file));
  return AdminKey{.recipients = {identity.recipient}, .new_key_file = std::move(path)};
}

}  // namespace vmcred::store
