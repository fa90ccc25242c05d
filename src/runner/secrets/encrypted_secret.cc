// SPDX-License-Identifier: Apache-2.0
#include "runner/secrets/encrypted_secret.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/pipe.h"
#include "base/process.h"
#include "base/text.h"
#include "credential/credential.h"
#include "runner/secrets/trusted_path.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Result;
using base::UniqueFd;
using secret::SecretBuffer;

base::Error does_not_open(const std::string& path, const credential::CredentialName& name) {
  return {.kind = base::ErrorKind::credential,
          .what = concat(path, ": systemd-creds does not open it as ", base::quoted(name.text())),
          .hint = concat("see why: systemd-creds decrypt --name=", name.text(), " ", path, " /dev/null")};
}

}  // namespace

Result<SecretBuffer> read_encrypted_secret(const std::string& path, const credential::CredentialName& name) {
  VMCRED_TRY_ASSIGN(const UniqueFd file, open_trusted(path));
  VMCRED_TRY_ASSIGN(const UniqueFd nowhere, base::open_file("/dev/null", O_WRONLY));
  // One more than may be: what is larger shows by filling it.
  VMCRED_TRY_ASSIGN(SecretBuffer value, SecretBuffer::zeroed(credential::k_max_credential_bytes + 1));
  VMCRED_TRY_ASSIGN(base::Pipe output, base::make_pipe());
  VMCRED_TRY_ASSIGN(
      const pid_t program,
      base::start_program({.words = {"systemd-creds", "decrypt", concat("--name=", name.text()), "-", "-"}},
                          {file.get(), output.writer.get(), nowhere.get()}));
  output.writer = UniqueFd();
  const auto size = base::read_up_to(output.reader.get(), value.writable_bytes(), path);
  output.reader = UniqueFd();  // one that goes on writing ends by that
  VMCRED_TRY_ASSIGN(const int exit_code, base::wait_for_program(program, "systemd-creds"));
  if (!size) return size.error();
  if (*size > credential::k_max_credential_bytes)
    return base::Error{
        .kind = base::ErrorKind::credential,
        .what = concat(path, ": larger than ", base::byte_count(credential::k_max_credential_bytes))};
  if (exit_code != 0) return does_not_open(path, name);
  value.truncate(*size);
  return value;
}

}  // namespace vmcred::runner
