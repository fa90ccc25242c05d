// SPDX-License-Identifier: Apache-2.0
#include "age/identity.h"

#include "age/encrypted_identities.h"
#include "age/hybrid.h"
#include "age/lines.h"
#include "age/plugin.h"
#include "age/ssh.h"
#include "age/x25519_keys.h"
#include "base/text.h"

namespace vmcred::age {
namespace {

using base::concat;

constexpr std::size_t k_max_file_bytes = 16UL * 1024 * 1024;
constexpr std::string_view k_plugin_prefix = "AGE-PLUGIN-";

base::Error config_error(std::string what) {
  return {.kind = base::ErrorKind::config, .what = std::move(what)};
}

std::string_view as_text(crypto::Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

enum class FileKind { lines, encrypted, ssh };

FileKind kind_of(std::string_view file) {
  if (file.starts_with("age-encryption.org/") || file.starts_with("-----BEGIN AGE"))
    return FileKind::encrypted;
  return file.starts_with("-----BEGIN") ? FileKind::ssh : FileKind::lines;
}

// Calls `take` with each identity's text, which an error never repeats.
template <typename Take>
base::Result<void> for_each_identity(std::string_view file, std::string_view subject, Take take) {
  std::size_t count = 0;
  VMCRED_TRY(for_each_key_line(file, [&](std::string_view line, std::size_t number) -> base::Result<void> {
    ++count;
    auto taken = take(std::as_bytes(std::span(line)));
    if (!taken) return in(concat(subject, ": line ", number), std::move(taken));
    return {};
  }));
  if (count == 0) return config_error(concat(subject, ": no secret key"));
  return {};
}

base::Result<std::unique_ptr<const Recipient>> recipient_of_identity(crypto::Bytes text, const PluginUi* ui) {
  if (as_text(text).starts_with(k_plugin_prefix)) return plugin_recipient_of_identity(text, ui);
  VMCRED_TRY_ASSIGN(const auto identity, parse_identity(text));
  return parse_recipient(identity->recipient());
}

base::Result<Recipients> recipients_of_ssh_key(crypto::Bytes file, std::string_view subject,
                                               const PassphrasePrompt* prompt) {
  VMCRED_TRY_ASSIGN(const auto identity, parse_ssh_identity(file, subject, prompt));
  VMCRED_TRY_ASSIGN(auto recipient, parse_recipient(identity->recipient()));
  Recipients recipients;
  recipients.push_back(std::move(recipient));
  return recipients;
}

}  // namespace

base::Result<std::unique_ptr<const Identity>> parse_identity(crypto::Bytes bytes, const PluginUi* ui) {
  const std::string_view text = as_text(bytes);
  if (text.starts_with(k_hybrid_identity_start)) return parse_hybrid_identity(bytes);
  if (text.starts_with(k_plugin_prefix)) return parse_plugin_identity(bytes, ui);
  if (text.starts_with("AGE-SECRET-KEY-1")) return parse_x25519_identity(bytes);
  if (text.starts_with("age1")) return config_error("this is a recipient, and no secret key");
  return config_error("a secret key begins with 'AGE-SECRET-KEY-1' or 'AGE-PLUGIN-'");
}

base::Result<Identities> parse_identities(crypto::Bytes file, std::string_view subject,
                                          const PassphrasePrompt* prompt, const PluginUi* ui) {
  if (file.size() > k_max_file_bytes)
    return config_error(concat(subject, ": larger than ", base::byte_count(k_max_file_bytes)));
  Identities identities;
  const auto keep = [&](std::unique_ptr<const Identity> identity) {
    identities.push_back(std::move(identity));
  };
  switch (kind_of(as_text(file))) {
    case FileKind::encrypted:
      keep(encrypted_identities(file, subject, prompt, ui));
      return identities;
    case FileKind::ssh: {
      VMCRED_TRY_ASSIGN(auto identity, parse_ssh_identity(file, subject, prompt));
      keep(std::move(identity));
      return identities;
    }
    case FileKind::lines:
      break;
  }
  VMCRED_TRY(for_each_identity(as_text(file), subject, [&](crypto::Bytes text) -> base::Result<void> {
    VMCRED_TRY_ASSIGN(auto identity, parse_identity(text, ui));
    keep(std::move(identity));
    return {};
  }));
  return identities;
}

base::Result<Recipients> recipients_of_identities(crypto::Bytes file, std::string_view subject,
                                                  const PassphrasePrompt* prompt, const PluginUi* ui) {
  switch (kind_of(as_text(file))) {
    case FileKind::encrypted: {
      VMCRED_TRY_ASSIGN(const auto opened, open_identity_file(file, subject, prompt));
      if (kind_of(as_text(opened.bytes())) == FileKind::encrypted)
        return config_error(concat(subject, ": encrypted twice"));
      return recipients_of_identities(opened.bytes(), subject, prompt, ui);
    }
    case FileKind::ssh:
      return recipients_of_ssh_key(file, subject, prompt);
    case FileKind::lines:
      break;
  }
  Recipients recipients;
  VMCRED_TRY(for_each_identity(as_text(file), subject, [&](crypto::Bytes text) -> base::Result<void> {
    VMCRED_TRY_ASSIGN(auto recipient, recipient_of_identity(text, ui));
    recipients.push_back(std::move(recipient));
    return {};
  }));
  return recipients;
}

}  // namespace vmcred::age
