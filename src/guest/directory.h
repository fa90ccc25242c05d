// SPDX-License-Identifier: Apache-2.0
// The directory in which a guest's credentials lie, one file each.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "command/arguments.h"
#include "secret/buffer.h"

namespace vmcred::guest {

// Where PID 1 puts the credentials of the whole system.
inline constexpr std::string_view k_system_directory = "/run/credentials/@system";

// Where `pull` puts them, and systemd looks for what is not there.
inline constexpr std::string_view k_pull_directory = "/run/credstore";

// A file as it lies there; its name need not be one that we would accept.
struct StoredCredential {
  std::string name;
  std::size_t size;
};

class CredentialDirectory {
 public:
  // --directory, else $CREDENTIALS_DIRECTORY, else the one where the host's manifest is: PID 1's, or that of
  // `pull`, as PID 1 may have got single credentials by other ways. Without any manifest it is PID 1's. That
  // one may be absent, which is how a guest without credentials looks: it counts as empty. On failure an
  // error with a hint.
  static base::Result<CredentialDirectory> open(const command::Arguments& arguments);

  // The same, but for what only PID 1 gets.
  static base::Result<CredentialDirectory> open_system(const command::Arguments& arguments);

  const std::string& path() const { return m_path; }

  // All regular files, sorted by name.
  base::Result<std::vector<StoredCredential>> list() const;

  // The bytes of a file that list() named.
  base::Result<secret::SecretBuffer> read(const std::string& name) const;

 private:
  static base::Result<CredentialDirectory> open(const command::Arguments& arguments,
                                                std::string_view default_path);

  CredentialDirectory(std::string path, base::UniqueFd fd) : m_path(std::move(path)), m_fd(std::move(fd)) {}

  std::string m_path;
  base::UniqueFd m_fd;  // not valid where there is no directory
};

}  // namespace vmcred::guest
