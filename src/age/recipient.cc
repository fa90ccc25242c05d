// SPDX-License-Identifier: Apache-2.0
#include "age/recipient.h"

#include <algorithm>
#include <cctype>

#include "age/hybrid.h"
#include "age/lines.h"
#include "age/plugin.h"
#include "age/ssh.h"
#include "age/x25519_keys.h"
#include "base/text.h"

namespace vmcred::age {
namespace {

using base::concat;

constexpr std::size_t k_max_line_bytes = 8UL * 1024;

base::Error config_error(std::string what, std::string hint = {}) {
  return {.kind = base::ErrorKind::config, .what = std::move(what), .hint = std::move(hint)};
}

// The errors say what is wrong with the text without repeating it.
base::Result<std::unique_ptr<const Recipient>> parse(std::string_view text, const PluginUi* ui) {
  if (looks_secret(text))
    return config_error("this is a secret key, and no recipient",
                        "'vmcred age keygen --convert FILE' prints the recipients of an identity file");
  if (text.starts_with(k_hybrid_recipient_start)) return parse_hybrid_recipient(text);
  if (text.starts_with("age1tag1") || text.starts_with("age1tagpq1"))
    return base::Error{.kind = base::ErrorKind::not_yet,
                       .what = "tagged recipients (age1tag1…, age1tagpq1…) are not supported",
                       .hint = "use the recipient that the plugin itself prints (age1NAME1…)"};
  // The data never contains a '1', so that a second one belongs to a plugin's name.
  if (text.starts_with("age1") && std::count(text.begin(), text.end(), '1') > 1)
    return parse_plugin_recipient(text, ui);
  if (text.starts_with("age1")) return parse_x25519_recipient(text);
  if (text.starts_with("ssh-")) return parse_ssh_recipient(text);
  return config_error("a recipient begins with 'age1' or 'ssh-'");
}

bool is_unusable_ssh_key(std::string_view line) {
  return line.starts_with("ssh-dss ") || line.starts_with("ecdsa-sha2-") || line.starts_with("sk-");
}

}  // namespace

bool looks_secret(std::string_view text) {
  const auto is_same = [](char a, char b) { return std::toupper(static_cast<unsigned char>(a)) == b; };
  const auto holds = [&](std::string_view words) {
    return !std::ranges::search(text, words, is_same).empty();
  };
  return holds("AGE-SECRET-KEY-") || holds("AGE-PLUGIN-") || holds("PRIVATE KEY");
}

base::Result<std::unique_ptr<const Recipient>> parse_recipient(std::string_view text, const PluginUi* ui) {
  auto recipient = parse(text, ui);
  if (recipient || looks_secret(text)) return recipient;
  return in(concat("recipient ", base::quoted(text)), std::move(recipient));
}

base::Result<Recipients> parse_recipients(std::string_view file, std::string_view subject,
                                          std::vector<std::string>* warnings, const PluginUi* ui) {
  Recipients recipients;
  bool skipped = false;
  VMCRED_TRY(for_each_key_line(file, [&](std::string_view line, std::size_t number) -> base::Result<void> {
    const std::string place = concat(subject, ": line ", number);
    if (line.size() > k_max_line_bytes)
      return config_error(concat(place, ": longer than ", base::byte_count(k_max_line_bytes)));
    if (is_unusable_ssh_key(line) && warnings != nullptr) {
      warnings->push_back(concat(place, ": an SSH key of a type that can't encrypt is skipped"));
      skipped = true;
      return {};
    }
    auto recipient = parse(line, ui);
    if (!recipient) return in(place, std::move(recipient));
    recipients.push_back(*std::move(recipient));
    return {};
  }));
  if (recipients.empty())
    return config_error(concat(subject, skipped ? ": no recipient that can be used" : ": no recipient"));
  return recipients;
}

}  // namespace vmcred::age
