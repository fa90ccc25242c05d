// SPDX-License-Identifier: Apache-2.0
// What a plugin and its client say to each other: messages in the form of a header's stanzas. Any body may be
// a file key or what a person typed, so texts and bodies are kept in locked memory. Source: C2SP "age-plugin"
// specification, "IPC protocol".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::age {

// Our limit for a message's text; the largest stanza known has about 2 KiB.
inline constexpr std::size_t k_max_plugin_message_bytes = 32UL * 1024;

struct PluginMessage {
  std::string type;
  std::vector<std::string> arguments;
  secret::SecretBuffer body;
};

// The text of a message. Type and arguments have at least one character of 0x21-0x7e each.
base::Result<secret::SecretBuffer> encode_plugin_message(std::string_view type,
                                                         std::span<const std::string_view> arguments,
                                                         crypto::Bytes body);

// The message that `text` begins with, and how many bytes it took; nothing where it is not complete yet.
// Fails with a `host` error, which quotes nothing, where it can't become one.
struct DecodedPluginMessage {
  PluginMessage message;
  std::size_t size;
};
base::Result<std::optional<DecodedPluginMessage>> decode_plugin_message(crypto::Bytes text);

}  // namespace vmcred::age
