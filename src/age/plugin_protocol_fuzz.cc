// SPDX-License-Identifier: Apache-2.0
// Any bytes as what a plugin writes: each message that is read has one spelling, the one that we would write.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "age/plugin_protocol.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer gives the name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace age = vmcred::age;
  auto rest = std::as_bytes(std::span(data, size));
  for (;;) {
    const auto decoded = age::decode_plugin_message(rest);
    if (!decoded || !decoded->has_value()) return 0;
    const auto& message = (*decoded)->message;
    const std::vector<std::string_view> arguments(message.arguments.begin(), message.arguments.end());
    const auto text = age::encode_plugin_message(message.type, arguments, message.body.bytes());
    const auto read = rest.first((*decoded)->size);
    if (!text || !std::ranges::equal(text->bytes(), read)) std::abort();
    rest = rest.subspan(read.size());
  }
}
