// SPDX-License-Identifier: Apache-2.0
#include "guest/directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>

#include "base/file.h"
#include "base/file_names.h"
#include "base/text.h"
#include "credential/credential.h"
#include "guest/secret_file.h"

namespace vmcred::guest {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

Error open_error(const std::string& path, int error_number) {
  if (error_number == ENOENT)
    return {.kind = ErrorKind::credential, .what = base::concat("there is no credentials directory ", path)};
  Error error = base::errno_error(path, error_number);
  if (error_number == EACCES) return std::move(error).with_hint("run this as root");
  return error;
}

bool has_manifest(std::string_view directory) {
  return ::access(base::concat(directory, "/", credential::k_manifest_name).c_str(), F_OK) == 0;
}

}  // namespace

Result<CredentialDirectory> CredentialDirectory::open(const command::Arguments& arguments) {
  const bool was_pulled = !has_manifest(k_system_directory) && has_manifest(k_pull_directory);
  return open(arguments, was_pulled ? k_pull_directory : k_system_directory);
}

Result<CredentialDirectory> CredentialDirectory::open_system(const command::Arguments& arguments) {
  return open(arguments, k_system_directory);
}

Result<CredentialDirectory> CredentialDirectory::open(const command::Arguments& arguments,
                                                      std::string_view default_path) {
  const char* from_environment = std::getenv("CREDENTIALS_DIRECTORY");
  const auto given = arguments.value("--directory");
  const bool is_default = !given && from_environment == nullptr;
  std::string path(default_path);
  if (from_environment != nullptr) path = from_environment;
  if (given) path = *given;

  base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid() && !(is_default && errno == ENOENT)) return open_error(path, errno);
  return CredentialDirectory(std::move(path), std::move(fd));
}

Result<std::vector<StoredCredential>> CredentialDirectory::list() const {
  std::vector<StoredCredential> found;
  if (!m_fd.valid()) return found;
  VMCRED_TRY_ASSIGN(const auto names, base::file_names(m_fd.get(), m_path));
  for (const auto& name : names) {
    struct stat status{};
    if (::fstatat(m_fd.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
      continue;
    found.push_back({.name = name, .size = static_cast<std::size_t>(status.st_size)});
  }
  return found;
}

Result<secret::SecretBuffer> CredentialDirectory::read(const std::string& name) const {
  const std::string subject = base::concat(m_path, ": ", base::quoted(name));
  auto fd = base::open_beneath(m_fd.get(), name, O_RDONLY);
  if (!fd) return base::in(m_path, std::move(fd));
  return read_secret(*fd, credential::k_max_credential_bytes, subject);
}

}  // namespace vmcred::guest
