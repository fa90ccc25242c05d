// SPDX-License-Identifier: Apache-2.0
#include "cli/vars/host_encryption.h"

#include <unistd.h>
#include <vector>

#include "base/file.h"
#include "base/pipe.h"
#include "base/process.h"
#include "base/text.h"
#include "credential/credential.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using base::UniqueFd;

// base64 with line breaks, of the value and what surrounds it: keys of a TPM with a policy take some KiB.
constexpr std::size_t k_max_blob_bytes = 2 * credential::k_max_credential_bytes;

}  // namespace

Result<std::string> encrypt_for_host(const credential::CredentialName& name, crypto::Bytes value,
                                     const std::string& key) {
  std::vector<std::string> words = {"systemd-creds", "encrypt", concat("--name=", name.text())};
  if (!key.empty()) words.push_back(concat("--with-key=", key));
  words.insert(words.end(), {"-", "-"});
  VMCRED_TRY_ASSIGN(base::Pipe input, base::make_pipe());
  VMCRED_TRY_ASSIGN(base::Pipe output, base::make_pipe());
  VMCRED_TRY_ASSIGN(
      const pid_t program,
      base::start_program({.words = words}, {input.reader.get(), output.writer.get(), STDERR_FILENO}));
  input.reader = UniqueFd();
  output.writer = UniqueFd();

  // It reads to the end before it writes.
  const base::NoPipeSignal quiet;
  const auto written = base::write_all(input.writer.get(), value, "systemd-creds");
  input.writer = UniqueFd();
  std::string blob(k_max_blob_bytes, '\0');
  const auto size =
      base::read_up_to(output.reader.get(), std::as_writable_bytes(std::span(blob)), "systemd-creds");
  output.reader = UniqueFd();
  VMCRED_TRY_ASSIGN(const int exit_code, base::wait_for_program(program, "systemd-creds"));
  if (exit_code != 0)
    return base::Error{.kind = base::ErrorKind::host,
                       .what = concat("systemd-creds does not encrypt ", base::quoted(name.text())),
                       .hint = "'systemd-creds setup' makes the host's key; --with-key chooses another"};
  VMCRED_TRY(written);
  if (!size) return size.error();
  blob.resize(*size);
  return blob;
}

}  // namespace vmcred::cli
