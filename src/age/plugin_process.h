// SPDX-License-Identifier: Apache-2.0
// A running plugin, at the other end of two pipes. One thread at a time.
#pragma once

#include <sys/types.h>
#include <span>
#include <string>
#include <string_view>

#include "age/plugin_protocol.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::age {

class PluginProcess {
 public:
  // Starts age-plugin-NAME --age-plugin=STATE_MACHINE in '/', with no descriptor of ours but the two pipes;
  // what it writes to standard error is dropped unless the environment says AGEDEBUG=plugin. Fails with a
  // `host` error where it is not in an absolute directory of $PATH, or can't be started.
  static base::Result<PluginProcess> start(std::string_view name, std::string_view state_machine);

  PluginProcess(PluginProcess&& other) noexcept;
  PluginProcess& operator=(PluginProcess&& other) = delete;
  PluginProcess(const PluginProcess&) = delete;
  PluginProcess& operator=(const PluginProcess&) = delete;

  // Ends it: closes the pipes, and kills it if it does not end by itself soon.
  ~PluginProcess();

  // Fails with a `host` error where the plugin is gone, or writes when it should read.
  base::Result<void> send(std::string_view type, std::span<const std::string_view> arguments,
                          crypto::Bytes body);

  // Waits for the next message, as long as the plugin takes. Fails with a `host` error where there comes
  // none, or no message, or one that is larger than we take.
  base::Result<PluginMessage> receive();

 private:
  PluginProcess(pid_t pid, base::UniqueFd to_plugin, base::UniqueFd from_plugin, secret::SecretBuffer input);
  base::Result<void> fill();
  base::Error ended_early();
  int end();

  pid_t m_pid;
  base::UniqueFd m_to_plugin;
  base::UniqueFd m_from_plugin;
  secret::SecretBuffer m_input;  // what was read and not yet taken, at its start
  std::size_t m_input_size = 0;
};

}  // namespace vmcred::age
