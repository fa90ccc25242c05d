// SPDX-License-Identifier: Apache-2.0
// The part of talking with a plugin that wrapping and unwrapping have in common.
// Source: C2SP "age-plugin" specification, "State machines".
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "age/plugin.h"
#include "age/plugin_process.h"
#include "age/plugin_protocol.h"
#include "base/result.h"
#include "crypto/bytes.h"

namespace vmcred::age {

inline constexpr std::string_view k_plugin_done = "done";

class PluginConversation {
 public:
  // `name` and `ui` must outlive it. Fails as PluginProcess::start().
  static base::Result<PluginConversation> start(std::string_view name, std::string_view state_machine,
                                                const PluginUi& ui);

  // Our phase: commands, now and then one that means nothing (plugins have to ignore those), and the end.
  base::Result<void> send(std::string_view type, std::span<const std::string_view> arguments,
                          crypto::Bytes body = {});
  base::Result<void> send(std::string_view type, std::initializer_list<std::string_view> arguments,
                          crypto::Bytes body = {});
  base::Result<void> send_grease();

  // The plugin's phase: its next command that is among `known` or the end, after whatever it wanted a person
  // for, and what we don't know. The plugin waits for an answer: acknowledge() or an error that ends the
  // conversation. Fails where the plugin reports an error, whose text is quoted, or breaks the protocol.
  base::Result<PluginMessage> next(std::initializer_list<std::string_view> known);
  base::Result<void> acknowledge() { return send("ok", {}); }

  // What ends a conversation with a plugin that does not follow the protocol.
  base::Error broken(std::string_view reason) const;

 private:
  PluginConversation(std::string_view name, const PluginUi& ui, PluginProcess process)
      : m_name(name), m_ui(ui), m_process(std::move(process)) {}
  base::Result<void> answer(const PluginMessage& message);
  base::Result<void> confirm(const PluginMessage& message);
  base::Result<void> ask(const PluginMessage& message, PluginUi::Echo echo);
  base::Error reported(const PluginMessage& message) const;
  base::Error named(base::Error&& error) const;

  std::string_view m_name;
  const PluginUi& m_ui;
  PluginProcess m_process;
  std::size_t m_commands = 0;
};

}  // namespace vmcred::age
