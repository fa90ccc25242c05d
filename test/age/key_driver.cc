// SPDX-License-Identifier: Apache-2.0
// What SSH keys and plugins do, for tests against other programs:
//
//   age_key_driver encrypt RECIPIENT...                        standard input to standard output
//   age_key_driver encrypt-to-identity IDENTITY_FILE           likewise
//   age_key_driver decrypt IDENTITY_FILE [PASSPHRASE_FILE]     likewise
//   age_key_driver recipient IDENTITY_FILE                     the text of its first recipient
//   age_key_driver derive SSH_KEY_FILE [PASSPHRASE_FILE]       "age1…" of the X25519 key that it holds
//
// An error is printed to standard error, after how often a passphrase was asked for. Exits with 1, and with 2
// where no identity opens the file.
#include <unistd.h>
#include <cstdio>
#include <string>
#include <vector>

#include "age/age.h"
#include "age/ssh.h"
#include "base/file.h"
#include "base/text.h"

namespace {

using namespace vmcred;

constexpr std::size_t k_max_file_bytes = 64UL * 1024;

crypto::Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

class PassphraseFile : public age::PassphrasePrompt {
 public:
  explicit PassphraseFile(std::string path) : m_path(std::move(path)) {}

  base::Result<secret::SecretBuffer> ask(std::string_view) const override {
    std::fputs("asked\n", stderr);
    VMCRED_TRY_ASSIGN(const auto text, base::read_text_file(m_path, k_max_file_bytes));
    return secret::SecretBuffer::copy_of(bytes_of(text));
  }

 private:
  std::string m_path;
};

base::Result<void> encrypt(const age::Recipients& recipients) {
  return age::encrypt_stream({STDIN_FILENO, "input"}, {STDOUT_FILENO, "output"}, recipients, age::Armor::no);
}

base::Result<void> print(std::string_view text) {
  return base::write_all(STDOUT_FILENO, bytes_of(base::concat(text, "\n")), "output");
}

base::Result<void> encrypt_to(const std::vector<std::string>& texts) {
  age::Recipients recipients;
  for (const auto& text : texts) {
    VMCRED_TRY_ASSIGN(auto recipient, age::parse_recipient(text));
    recipients.push_back(std::move(recipient));
  }
  return encrypt(recipients);
}

// `arguments`: a file with identities, and maybe one with their passphrase.
base::Result<void> use_identities(std::string_view verb, const std::vector<std::string>& arguments) {
  const PassphraseFile passphrase(arguments.size() > 1 ? arguments[1] : "");
  const auto* prompt = arguments.size() > 1 ? &passphrase : nullptr;
  const std::string& path = arguments.at(0);
  VMCRED_TRY_ASSIGN(const auto file, base::read_text_file(path, k_max_file_bytes));
  if (verb == "encrypt-to-identity") {
    VMCRED_TRY_ASSIGN(const auto recipients, age::recipients_of_identities(bytes_of(file), path, prompt));
    return encrypt(recipients);
  }
  if (verb == "derive") {
    VMCRED_TRY_ASSIGN(const auto derived, age::x25519_identity_of_ssh_key(bytes_of(file), path, prompt));
    return print(derived->recipient());
  }
  VMCRED_TRY_ASSIGN(const auto identities, age::parse_identities(bytes_of(file), path, prompt));
  if (verb == "recipient") return print(identities.at(0)->recipient());
  return age::decrypt_stream({STDIN_FILENO, "input"}, {STDOUT_FILENO, "output"}, identities);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const std::vector<std::string> arguments(words.begin() + 1, words.end());
  const auto done = words.at(0) == "encrypt" ? encrypt_to(arguments) : use_identities(words.at(0), arguments);
  if (done) return 0;
  std::fprintf(stderr, "%s\n%s\n", done.error().what.c_str(), done.error().hint.c_str());
  return age::failure_of(done.error()) == age::Failure::no_match ? 2 : 1;
}
