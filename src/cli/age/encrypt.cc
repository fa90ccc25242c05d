// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "age/age.h"
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

using age::Recipients;
using base::Result;
using secret::SecretBuffer;

base::Error usage(std::string what, std::string hint) {
  return {.kind = base::ErrorKind::usage, .what = std::move(what), .hint = std::move(hint)};
}

void append(Recipients& all, Recipients&& more) {
  for (auto& recipient : more) all.push_back(std::move(recipient));
}

std::string_view as_text(const SecretBuffer& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.size()};
}

Result<Recipients> named_recipients(const command::Arguments& arguments, const command::Streams& streams,
                                    const TerminalPassphrasePrompt& prompt, const TerminalPluginUi& ui) {
  Recipients all;
  for (const auto& text : arguments.values("--recipient")) {
    VMCRED_TRY_ASSIGN(auto recipient, age::parse_recipient(text, &ui));
    all.push_back(std::move(recipient));
  }
  for (const auto& path : arguments.values("--recipients-file")) {
    VMCRED_TRY_ASSIGN(const SecretBuffer file, read_key_file(path));
    std::vector<std::string> warnings;
    VMCRED_TRY_ASSIGN(auto recipients, age::parse_recipients(as_text(file), path, &warnings, &ui));
    for (const auto& warning : warnings) command::warn(k_program_name, streams, warning);
    append(all, std::move(recipients));
  }
  for (const auto& path : arguments.values("--identity")) {
    VMCRED_TRY_ASSIGN(const SecretBuffer file, read_key_file(path));
    VMCRED_TRY_ASSIGN(auto recipients, age::recipients_of_identities(file.bytes(), path, &prompt, &ui));
    append(all, std::move(recipients));
  }
  return all;
}

Result<Recipients> passphrase_alone(const command::Arguments& arguments) {
  const auto path = arguments.value("--passphrase-file");
  VMCRED_TRY_ASSIGN(const SecretBuffer passphrase,
                    path ? read_passphrase_file(*path) : ask_for_new_passphrase("the file"));
  VMCRED_TRY_ASSIGN(auto recipient, age::passphrase_recipient(passphrase.bytes()));
  Recipients recipients;
  recipients.push_back(std::move(recipient));
  return recipients;
}

Result<void> check(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY(check_standard_input(arguments));
  const bool passphrase = arguments.has("--passphrase") || arguments.has("--passphrase-file");
  const bool keys =
      arguments.has("--recipient") || arguments.has("--recipients-file") || arguments.has("--identity");
  if (passphrase && keys)
    return usage("a passphrase can't be combined with recipients", "drop -p, or -r, -R and -i");
  if (!passphrase && !keys)
    return usage("nobody to encrypt to", "name recipients with -r, -R or -i, or give -p");
  if (!arguments.has("--output") && !arguments.has("--armor") && ::isatty(streams.out) != 0)
    return usage("not printing an encrypted file to a terminal",
                 "-a makes it text, -o FILE writes a file, '-o -' prints it all the same");
  return {};
}

}  // namespace

Result<void> run_age_encrypt(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY(check(arguments, streams));
  const mode_t mode = usual_file_mode();
  VMCRED_TRY(secret::protect_process());
  const TerminalPassphrasePrompt prompt;
  const TerminalPluginUi ui;
  VMCRED_TRY_ASSIGN(const InputFile input, InputFile::open(arguments));
  const bool keys = !arguments.has("--passphrase") && !arguments.has("--passphrase-file");
  VMCRED_TRY_ASSIGN(const Recipients recipients,
                    keys ? named_recipients(arguments, streams, prompt, ui) : passphrase_alone(arguments));
  VMCRED_TRY_ASSIGN(OutputFile output,
                    OutputFile::open(arguments, streams, mode, OutputFile::IfExists::replace));
  VMCRED_TRY(age::encrypt_stream({.fd = input.fd(), .subject = input.name()},
                                 {.fd = output.fd(), .subject = output.name()}, recipients,
                                 arguments.has("--armor") ? age::Armor::yes : age::Armor::no));
  return output.commit();
}

}  // namespace vmcred::cli
