// SPDX-License-Identifier: Apache-2.0
#include "age/plugin_protocol.h"

#include <algorithm>
#include <cassert>

#include "age/stanza.h"
#include "base/text.h"
#include "secret/base64.h"

namespace vmcred::age {
namespace {

using base::Result;
using secret::SecretBuffer;

constexpr std::string_view k_mark = "-> ";
constexpr std::size_t k_columns = 64;
constexpr std::size_t k_plugin_line_bytes = 48;
constexpr std::size_t k_max_padding = 2;

base::Error malformed_line(std::string_view reason) {
  return {.kind = base::ErrorKind::host,
          .what = base::concat("it does not speak the plugin protocol: ", reason)};
}

// Fills a buffer from its start.
class Writer {
 public:
  explicit Writer(SecretBuffer& buffer) : m_rest(buffer.writable_bytes()) {}

  void append(std::string_view text) {
    const auto bytes = std::as_bytes(std::span(text));
    std::copy(bytes.begin(), bytes.end(), m_rest.begin());
    m_rest = m_rest.subspan(bytes.size());
  }

  // Without padding.
  void append_base64(crypto::Bytes bytes) {
    secret::base64_encode(bytes, m_rest.first(secret::base64_length(bytes.size())));
    m_rest = m_rest.subspan((bytes.size() * 4 + 2) / 3);
  }

  std::size_t rest() const { return m_rest.size(); }

 private:
  crypto::WritableBytes m_rest;
};

std::size_t room_for(std::string_view type, std::span<const std::string_view> arguments, std::size_t body) {
  std::size_t size = k_mark.size() + type.size() + 1;
  for (const auto argument : arguments) size += 1 + argument.size();
  return size + secret::base64_length(body) + body / k_plugin_line_bytes + 1 + k_max_padding;
}

// Takes lines off the front of a text.
class Lines {
 public:
  explicit Lines(std::string_view text) : m_text(text) {}

  // Nothing where the text has no further whole line.
  std::optional<std::string_view> next() {
    const auto end = m_text.find('\n', m_offset);
    if (end == std::string_view::npos) return std::nullopt;
    const auto line = m_text.substr(m_offset, end - m_offset);
    m_offset = end + 1;
    return line;
  }

  std::string_view rest() const { return m_text.substr(m_offset); }
  std::size_t offset() const { return m_offset; }

 private:
  std::string_view m_text;
  std::size_t m_offset = 0;
};

bool is_base64_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
         c == '\n';
}

// `text`: lines of letters, each with its newline.
Result<SecretBuffer> decode_body(std::string_view text) {
  const auto newlines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  const std::size_t padding = (4 - (text.size() - newlines) % 4) % 4;
  if (padding > k_max_padding || !std::all_of(text.begin(), text.end(), is_base64_letter))
    return malformed_line("the body of a message is not base64");
  VMCRED_TRY_ASSIGN(auto padded, SecretBuffer::zeroed(text.size() + padding));
  Writer writer(padded);
  writer.append(text);
  writer.append(std::string_view("==").substr(0, padding));
  VMCRED_TRY_ASSIGN(auto body, SecretBuffer::zeroed(padded.size()));
  const auto size = secret::base64_decode(padded.bytes(), body.writable_bytes());
  if (!size) return malformed_line("the body of a message is not canonical base64");
  body.truncate(*size);
  return body;
}

}  // namespace

Result<SecretBuffer> encode_plugin_message(std::string_view type, std::span<const std::string_view> arguments,
                                           crypto::Bytes body) {
  VMCRED_TRY_ASSIGN(auto text, SecretBuffer::zeroed(room_for(type, arguments, body.size())));
  Writer writer(text);
  writer.append(k_mark);
  writer.append(type);
  for (const auto argument : arguments) {
    writer.append(" ");
    writer.append(argument);
  }
  writer.append("\n");
  for (; body.size() >= k_plugin_line_bytes; body = body.subspan(k_plugin_line_bytes)) {
    writer.append_base64(body.first(k_plugin_line_bytes));
    writer.append("\n");
  }
  writer.append_base64(body);
  writer.append("\n");
  text.truncate(text.size() - writer.rest());
  return text;
}

Result<std::optional<DecodedPluginMessage>> decode_plugin_message(crypto::Bytes text) {
  constexpr auto incomplete = std::nullopt;
  const std::string_view view(reinterpret_cast<const char*>(text.data()), text.size());
  if (view.substr(0, k_mark.size()) != k_mark.substr(0, view.size()))
    return malformed_line("a message has no mark");
  Lines lines(view);
  const auto first = lines.next();
  if (!first) return std::optional<DecodedPluginMessage>(incomplete);
  if (!first->starts_with(k_mark)) return malformed_line("a message has no mark");
  auto words = stanza_words(first->substr(k_mark.size()));
  if (!words) return malformed_line("the words of a message are not single words");
  const auto body_text = lines.rest();
  for (;;) {
    const auto line = lines.next();
    if ((line ? *line : lines.rest()).size() > k_columns)
      return malformed_line("a line of a message's body is too long");
    if (!line) return std::optional<DecodedPluginMessage>(incomplete);
    if (line->size() < k_columns) break;
  }
  DecodedPluginMessage decoded{.message = {.type = std::move(words->front()), .arguments = {}, .body = {}},
                               .size = lines.offset()};
  decoded.message.arguments.assign(std::move_iterator(words->begin() + 1), std::move_iterator(words->end()));
  VMCRED_TRY_ASSIGN(decoded.message.body,
                    decode_body(body_text.substr(0, body_text.size() - lines.rest().size())));
  return std::optional(std::move(decoded));
}

}  // namespace vmcred::age
