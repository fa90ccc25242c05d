// SPDX-License-Identifier: Apache-2.0
#include "age/plugin.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <string>

#include "age/bech32.h"
#include "age/plugin_conversation.h"

namespace vmcred::age {
namespace {

using base::ErrorKind;
using base::Result;
using secret::SecretBuffer;

constexpr std::string_view k_plugin_recipient_prefix = "age1";
constexpr std::string_view k_plugin_identity_prefix = "AGE-PLUGIN-";
constexpr std::string_view k_only_file = "0";  // we wrap and unwrap one file key at a time
constexpr std::size_t k_max_name_bytes = 100;
constexpr std::size_t k_max_stanzas = 1000;

const PluginUi& ui_or_nobody(const PluginUi* ui) {
  static const PluginUi nobody;
  return ui == nullptr ? nobody : *ui;
}

// The name becomes part of a program's, so that each character counts.
bool is_name(std::string_view name) {
  constexpr std::string_view k_others = "-_.+";
  const auto fits = [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || k_others.find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= k_max_name_bytes && std::all_of(name.begin(), name.end(), fits);
}

Result<std::string> name_of_recipient(std::string_view text) {
  VMCRED_TRY_ASSIGN(const Bech32 key, decode_bech32(std::as_bytes(std::span(text))));
  const std::string_view prefix = key.prefix;
  const auto name = prefix.substr(std::min(k_plugin_recipient_prefix.size(), prefix.size()));
  if (!prefix.starts_with(k_plugin_recipient_prefix) || !is_name(name))
    return base::Error{.kind = ErrorKind::config,
                       .what = "a plugin's recipient is 'age1NAME1…', all in lower case"};
  return std::string(name);
}

// In lower case, as the program has it.
Result<std::string> name_of_identity(crypto::Bytes text) {
  VMCRED_TRY_ASSIGN(const Bech32 key, decode_bech32(text));
  const base::Error malformed{.kind = ErrorKind::config,
                              .what = "a plugin's identity is 'AGE-PLUGIN-NAME-1…', all in upper case"};
  std::string_view prefix = key.prefix;
  if (!prefix.starts_with(k_plugin_identity_prefix) || !prefix.ends_with('-')) return malformed;
  prefix.remove_prefix(k_plugin_identity_prefix.size());
  prefix = prefix.substr(0, std::max<std::size_t>(prefix.size(), 1) - 1);
  std::string name(prefix);
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (!is_name(name)) return malformed;
  return name;
}

std::string_view view_of(const SecretBuffer& text) {
  return {reinterpret_cast<const char*>(text.bytes().data()), text.size()};
}

struct WrappedFileKey {
  std::vector<Stanza> stanzas;
  std::set<std::string> labels;
};

Result<Stanza> parse_recipient_stanza(const PluginConversation& plugin, PluginMessage message) {
  auto& words = message.arguments;
  if (words.size() < 2 || words[0] != k_only_file)
    return plugin.broken("'recipient-stanza' names no file of ours");
  return Stanza{.type = std::move(words[1]),
                .arguments = {std::move_iterator(words.begin() + 2), std::move_iterator(words.end())},
                .body = {message.body.bytes().begin(), message.body.bytes().end()}};
}

Result<std::set<std::string>> parse_labels(const PluginConversation& plugin, const PluginMessage& message) {
  std::set<std::string> labels(message.arguments.begin(), message.arguments.end());
  if (labels.size() != message.arguments.size()) return plugin.broken("'labels' has one twice");
  return labels;
}

Result<WrappedFileKey> receive_stanzas(PluginConversation& plugin) {
  WrappedFileKey wrapped;
  bool labelled = false;
  for (;;) {
    VMCRED_TRY_ASSIGN(auto message, plugin.next({"recipient-stanza", "labels"}));
    if (message.type == k_plugin_done) break;
    if (message.type == "labels") {
      if (std::exchange(labelled, true)) return plugin.broken("it sent 'labels' twice");
      VMCRED_TRY_ASSIGN(wrapped.labels, parse_labels(plugin, message));
    } else {
      VMCRED_TRY_ASSIGN(auto stanza, parse_recipient_stanza(plugin, std::move(message)));
      if (wrapped.stanzas.size() == k_max_stanzas) return plugin.broken("it sent too many stanzas");
      wrapped.stanzas.push_back(std::move(stanza));
    }
    VMCRED_TRY(plugin.acknowledge());
  }
  if (wrapped.stanzas.empty()) return plugin.broken("it sent no stanza");
  return wrapped;
}

Result<std::optional<SecretBuffer>> receive_file_key(PluginConversation& plugin) {
  std::optional<SecretBuffer> file_key;
  for (;;) {
    VMCRED_TRY_ASSIGN(auto message, plugin.next({"file-key"}));
    if (message.type == k_plugin_done) return file_key;
    if (message.arguments.size() != 1 || message.arguments[0] != k_only_file)
      return plugin.broken("'file-key' names no file of ours");
    if (file_key) return plugin.broken("it sent 'file-key' twice");
    if (message.body.size() != k_file_key_bytes) return plugin.broken("a file key has 16 bytes");
    file_key = std::move(message.body);
    VMCRED_TRY(plugin.acknowledge());
  }
}

// What a plugin encrypts to: the text of a recipient, or of an identity, which is a secret.
class PluginRecipient : public Recipient {
 public:
  enum class From { recipient, identity };

  PluginRecipient(std::string name, SecretBuffer text, From from, const PluginUi& ui)
      : m_name(std::move(name)), m_text(std::move(text)), m_from(from), m_ui(ui) {}

  Result<std::vector<Stanza>> wrap(crypto::Bytes file_key) const override {
    VMCRED_TRY_ASSIGN(auto plugin, PluginConversation::start(m_name, "recipient-v1", m_ui));
    VMCRED_TRY(plugin.send(m_from == From::identity ? "add-identity" : "add-recipient", {view_of(m_text)}));
    VMCRED_TRY(plugin.send_grease());
    VMCRED_TRY(plugin.send("wrap-file-key", {}, file_key));
    VMCRED_TRY(plugin.send("extension-labels", {}));
    VMCRED_TRY(plugin.send(k_plugin_done, {}));
    VMCRED_TRY_ASSIGN(auto wrapped, receive_stanzas(plugin));
    const std::lock_guard lock(m_mutex);
    m_labels = std::move(wrapped.labels);
    return std::move(wrapped.stanzas);
  }

  Result<std::set<std::string>> labels() const override {
    const std::lock_guard lock(m_mutex);
    return m_labels;
  }

  std::string text() const override { return m_from == From::identity ? "" : std::string(view_of(m_text)); }

 private:
  std::string m_name;
  SecretBuffer m_text;
  From m_from;
  const PluginUi& m_ui;
  mutable std::mutex m_mutex;
  mutable std::set<std::string> m_labels;
};

class PluginIdentity : public Identity {
 public:
  PluginIdentity(std::string name, SecretBuffer text, const PluginUi& ui)
      : m_name(std::move(name)), m_text(std::move(text)), m_ui(ui) {}

  Result<std::optional<SecretBuffer>> unwrap(std::span<const Stanza> stanzas) const override {
    VMCRED_TRY_ASSIGN(auto plugin, PluginConversation::start(m_name, "identity-v1", m_ui));
    VMCRED_TRY(plugin.send("add-identity", {view_of(m_text)}));
    VMCRED_TRY(plugin.send_grease());
    for (const Stanza& stanza : stanzas) {
      std::vector<std::string_view> words = {k_only_file, stanza.type};
      words.insert(words.end(), stanza.arguments.begin(), stanza.arguments.end());
      VMCRED_TRY(plugin.send("recipient-stanza", words, stanza.body));
    }
    VMCRED_TRY(plugin.send(k_plugin_done, {}));
    return receive_file_key(plugin);
  }

  std::string recipient() const override { return {}; }
  bool may_ask() const override { return true; }

 private:
  std::string m_name;
  SecretBuffer m_text;
  const PluginUi& m_ui;
};

}  // namespace

bool PluginUi::show(std::string_view, std::string_view) const { return false; }

std::optional<bool> PluginUi::confirm(std::string_view, std::string_view, std::string_view,
                                      std::string_view) const {
  return std::nullopt;
}

std::optional<SecretBuffer> PluginUi::ask(std::string_view, std::string_view, Echo) const {
  return std::nullopt;
}

Result<std::unique_ptr<const Recipient>> parse_plugin_recipient(std::string_view text, const PluginUi* ui) {
  VMCRED_TRY_ASSIGN(auto name, name_of_recipient(text));
  VMCRED_TRY_ASSIGN(auto copy, SecretBuffer::copy_of(std::as_bytes(std::span(text))));
  return std::make_unique<const PluginRecipient>(std::move(name), std::move(copy),
                                                 PluginRecipient::From::recipient, ui_or_nobody(ui));
}

Result<std::unique_ptr<const Identity>> parse_plugin_identity(crypto::Bytes text, const PluginUi* ui) {
  VMCRED_TRY_ASSIGN(auto name, name_of_identity(text));
  VMCRED_TRY_ASSIGN(auto copy, SecretBuffer::copy_of(text));
  return std::make_unique<const PluginIdentity>(std::move(name), std::move(copy), ui_or_nobody(ui));
}

Result<std::unique_ptr<const Recipient>> plugin_recipient_of_identity(crypto::Bytes text,
                                                                      const PluginUi* ui) {
  VMCRED_TRY_ASSIGN(auto name, name_of_identity(text));
  VMCRED_TRY_ASSIGN(auto copy, SecretBuffer::copy_of(text));
  return std::make_unique<const PluginRecipient>(std::move(name), std::move(copy),
                                                 PluginRecipient::From::identity, ui_or_nobody(ui));
}

}  // namespace vmcred::age
