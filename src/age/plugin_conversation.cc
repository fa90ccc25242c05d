// SPDX-License-Identifier: Apache-2.0
#include "age/plugin_conversation.h"

#include <algorithm>
#include <array>
#include <optional>

#include "age/base64.h"
#include "age/failure.h"
#include "base/text.h"
#include "secret/random.h"

namespace vmcred::age {
namespace {

using base::concat;
using base::ErrorKind;
using base::Result;

// A plugin that has this much to say will never end.
constexpr std::size_t k_max_commands = 10'000;
constexpr std::size_t k_max_quoted_bytes = 500;

std::string_view text_of(const PluginMessage& message) {
  const auto bytes = message.body.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string_view text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

Result<PluginConversation> PluginConversation::start(std::string_view name, std::string_view state_machine,
                                                     const PluginUi& ui) {
  VMCRED_TRY_ASSIGN(auto process, PluginProcess::start(name, state_machine));
  return PluginConversation(name, ui, std::move(process));
}

base::Error PluginConversation::named(base::Error&& error) const {
  return std::move(error).in(concat("age-plugin-", m_name));
}

base::Error PluginConversation::broken(std::string_view reason) const {
  return named({.kind = ErrorKind::host, .what = concat("it does not follow the plugin protocol: ", reason)});
}

Result<void> PluginConversation::send(std::string_view type, std::span<const std::string_view> arguments,
                                      crypto::Bytes body) {
  auto sent = m_process.send(type, arguments, body);
  if (!sent) return named(std::move(sent).error());
  return {};
}

Result<void> PluginConversation::send(std::string_view type,
                                      std::initializer_list<std::string_view> arguments, crypto::Bytes body) {
  return send(type, std::span(arguments.begin(), arguments.size()), body);
}

Result<void> PluginConversation::send_grease() {
  std::array<std::byte, 12> random;
  VMCRED_TRY(secret::fill_random(random));
  const auto word = encode_base64(random);
  const bool with_body = (random.front() & std::byte{1}) != std::byte{0};
  return send(concat("grease-", word), {word}, with_body ? crypto::Bytes(random) : crypto::Bytes());
}

Result<PluginMessage> PluginConversation::next(std::initializer_list<std::string_view> known) {
  while (m_commands++ < k_max_commands) {
    auto message = m_process.receive();
    if (!message) return named(std::move(message).error());
    if (message->type == k_plugin_done || std::find(known.begin(), known.end(), message->type) != known.end())
      return message;
    if (message->type == "error") {
      VMCRED_TRY(acknowledge());
      return reported(*message);
    }
    VMCRED_TRY(answer(*message));
  }
  return broken("it does not come to an end");
}

Result<void> PluginConversation::answer(const PluginMessage& message) {
  if (message.type == "msg") return send(m_ui.show(m_name, text_of(message)) ? "ok" : "fail", {});
  if (message.type == "confirm") return confirm(message);
  if (message.type == "request-public") return ask(message, PluginUi::Echo::shown);
  if (message.type == "request-secret") return ask(message, PluginUi::Echo::hidden);
  return send("unsupported", {});
}

Result<void> PluginConversation::confirm(const PluginMessage& message) {
  const auto& arguments = message.arguments;
  if (arguments.empty() || arguments.size() > 2) return broken("'confirm' names one choice or two");
  const auto yes = decode_base64(arguments[0]);
  const auto no = arguments.size() == 2 ? decode_base64(arguments[1]) : std::vector<std::byte>();
  if (!yes || !no) return broken("the choices of 'confirm' are not base64");
  const auto chosen = m_ui.confirm(m_name, text_of(message), text_of(*yes), text_of(*no));
  if (!chosen) return send("fail", {});
  return send("ok", {*chosen ? "yes" : "no"});
}

Result<void> PluginConversation::ask(const PluginMessage& message, PluginUi::Echo echo) {
  const auto answer = m_ui.ask(m_name, text_of(message), echo);
  if (!answer) return send("fail", {});
  return send("ok", {}, answer->bytes());
}

base::Error PluginConversation::reported(const PluginMessage& message) const {
  const auto text = base::quoted(text_of(message).substr(0, k_max_quoted_bytes));
  const auto what = concat("it reports ", text_of(message).empty() ? "an error without a text" : text);
  // A stanza that it should be able to open, and is malformed.
  const bool is_about_stanza = !message.arguments.empty() && message.arguments.front() == "stanza";
  return named(is_about_stanza ? failed(Failure::header, what)
                               : base::Error{.kind = ErrorKind::credential, .what = what});
}

}  // namespace vmcred::age
