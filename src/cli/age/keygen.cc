// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <algorithm>

#include "age/age.h"
#include "age/identity_file.h"
#include "base/file.h"
#include "base/text.h"
#include "cli/age/commands.h"
#include "cli/age/files.h"
#include "cli/commands.h"
#include "cli/output_path.h"
#include "cli/passphrase_prompt.h"
#include "cli/plugin_ui.h"
#include "command/output.h"
#include "secret/process_protection.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using secret::SecretBuffer;

bool is_readable_by_all(int fd) {
  struct stat status{};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & S_IROTH) != 0;
}

Result<void> generate(const command::Arguments& arguments, const command::Streams& streams) {
  if (arguments.operand_at(0))
    return base::Error{.kind = base::ErrorKind::usage,
                       .what = "a new identity needs no input",
                       .hint = "-o names the file to write, --convert reads one"};
  VMCRED_TRY_ASSIGN(OutputFile output,
                    OutputFile::open(arguments, streams, k_private_file_mode, OutputFile::IfExists::fail));
  if (is_readable_by_all(output.fd()))
    command::warn(k_program_name, streams, concat(output.name(), " is a file that all users can read"));
  VMCRED_TRY_ASSIGN(const auto identity,
                    arguments.has("--pq") ? age::generate_hybrid_identity() : age::generate_identity());
  VMCRED_TRY_ASSIGN(const SecretBuffer file, age::identity_file(identity));
  VMCRED_TRY(base::write_all(output.fd(), file.bytes(), output.name()));
  VMCRED_TRY(output.commit());
  if (::isatty(output.fd()) == 0)
    command::print_note(streams, concat("Public key: ", identity.recipient, "\n"));
  return {};
}

Result<void> convert(const command::Arguments& arguments, const command::Streams& streams, mode_t mode) {
  if (arguments.has("--pq"))
    return base::Error{.kind = base::ErrorKind::usage,
                       .what = "--pq can't be combined with --convert",
                       .hint = "drop --pq: the identities tell what their recipients are"};
  const std::string path = arguments.operand_at(0).value_or("-");
  VMCRED_TRY_ASSIGN(const SecretBuffer file, read_key_file(path));
  const TerminalPassphrasePrompt prompt;
  const TerminalPluginUi ui;
  VMCRED_TRY_ASSIGN(
      const auto recipients,
      age::recipients_of_identities(file.bytes(), path == "-" ? "standard input" : path, &prompt, &ui));
  std::string text;
  for (const auto& recipient : recipients) {
    if (recipient->text().empty())
      return base::Error{
          .kind = base::ErrorKind::config,
          .what = concat(path, ": only the plugin knows the recipient of one of its identities"),
          .hint = "encrypt with -i and that file"};
    text += concat(recipient->text(), "\n");
  }
  VMCRED_TRY_ASSIGN(OutputFile output,
                    OutputFile::open(arguments, streams, mode, OutputFile::IfExists::fail));
  VMCRED_TRY(base::write_all(output.fd(), std::as_bytes(std::span(text)), output.name()));
  return output.commit();
}

}  // namespace

Result<void> run_age_keygen(const command::Arguments& arguments, const command::Streams& streams) {
  const mode_t mode_of_public_files = usual_file_mode();
  VMCRED_TRY(secret::protect_process());
  return arguments.has("--convert") ? convert(arguments, streams, mode_of_public_files)
                                    : generate(arguments, streams);
}

}  // namespace vmcred::cli
