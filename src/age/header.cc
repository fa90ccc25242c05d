// SPDX-License-Identifier: Apache-2.0
#include "age/header.h"

#include <algorithm>
#include <utility>

#include "age/base64.h"
#include "age/failure.h"
#include "age/file_key.h"
#include "base/text.h"
#include "crypto/hmac.h"

namespace vmcred::age {
namespace {

using base::concat;

constexpr std::string_view k_stanza_mark = "-> ";
constexpr std::string_view k_mac_mark = "---";
constexpr std::size_t k_body_columns = 64;
constexpr std::size_t k_line_bytes = 48;

base::Error malformed_header(std::string_view reason) {
  return failed(Failure::header, concat("not a valid age header: ", reason));
}

// Takes the header's text apart, line by line.
class HeaderParser {
 public:
  explicit HeaderParser(std::string_view text) : m_text(text) {}

  base::Result<Header> parse() {
    if (next_line() != k_version_line) return malformed_header("the first line is not its version");
    Header header;
    for (;;) {
      const std::size_t start = m_offset;
      const std::string_view line = next_line();
      if (line.starts_with(k_mac_mark)) {
        VMCRED_TRY(parse_mac(line, header));
        header.authenticated = m_text.substr(0, start + k_mac_mark.size());
        return header;
      }
      if (header.stanzas.size() == k_max_stanzas)
        return malformed_header(concat("more than ", k_max_stanzas, " stanzas"));
      VMCRED_TRY_ASSIGN(Stanza stanza, parse_stanza(line));
      header.stanzas.push_back(std::move(stanza));
    }
  }

 private:
  // The next line without its newline. The text ends with the last one that is asked for.
  std::string_view next_line() {
    const std::size_t end = std::min(m_text.find('\n', m_offset), m_text.size());
    const std::string_view line = m_text.substr(m_offset, end - m_offset);
    m_offset = std::min(end + 1, m_text.size());
    return line;
  }

  base::Result<Stanza> parse_stanza(std::string_view line) {
    if (!line.starts_with(k_stanza_mark)) return malformed_header("a line is neither a stanza nor the end");
    auto words = stanza_words(line.substr(k_stanza_mark.size()));
    if (!words) return malformed_header("a stanza's arguments are not single words");
    Stanza stanza{.type = std::move(words->front()), .arguments = {}, .body = {}};
    stanza.arguments.assign(std::make_move_iterator(words->begin() + 1),
                            std::make_move_iterator(words->end()));
    VMCRED_TRY_ASSIGN(stanza.body, parse_body());
    return stanza;
  }

  // Lines of 64 letters, and a shorter one, which is empty where the letters end with the line before.
  base::Result<std::vector<std::byte>> parse_body() {
    std::vector<std::byte> body;
    for (;;) {
      const std::string_view line = next_line();
      if (line.size() > k_body_columns) return malformed_header("a line of a stanza's body is too long");
      const auto bytes = decode_base64(line);
      if (!bytes) return malformed_header("a stanza's body is not canonical base64, or does not end");
      body.insert(body.end(), bytes->begin(), bytes->end());
      if (line.size() < k_body_columns) return body;
    }
  }

  static base::Result<void> parse_mac(std::string_view line, Header& header) {
    if (header.stanzas.empty()) return malformed_header("it has no stanza");
    if (!line.starts_with(concat(k_mac_mark, " "))) return malformed_header("its last line is not a code");
    const auto mac = decode_base64(line.substr(k_mac_mark.size() + 1));
    if (!mac || mac->size() != header.mac.size())
      return malformed_header("its last line is not a code of 32 bytes");
    std::copy(mac->begin(), mac->end(), header.mac.begin());
    return {};
  }

  std::string_view m_text;
  std::size_t m_offset = 0;
};

// Where the header ends: after the first line that begins with its mark. Nothing where the text has no such
// line yet.
std::size_t end_of_header(std::string_view text) {
  const std::size_t mark = text.find(concat("\n", k_mac_mark));
  if (mark == std::string_view::npos) return mark;
  const std::size_t newline = text.find('\n', mark + 1);
  return newline == std::string_view::npos ? newline : newline + 1;
}

void append_body(std::string& text, crypto::Bytes body) {
  while (body.size() >= k_line_bytes) {
    text += concat(encode_base64(body.first(k_line_bytes)), "\n");
    body = body.subspan(k_line_bytes);
  }
  text += concat(encode_base64(body), "\n");
}

}  // namespace

base::Result<Header> read_header(BufferedSource& source) {
  constexpr std::size_t k_first_look = 1024;
  for (std::size_t size = k_first_look;; size = std::min(2 * size, k_max_header_bytes)) {
    VMCRED_TRY_ASSIGN(const std::string_view text, source.peek(size));
    if (!text.starts_with(concat(k_version_line, "\n")))
      return failed(Failure::header, "not an age file of version 1");
    const std::size_t end = end_of_header(text);
    if (end != std::string_view::npos) {
      VMCRED_TRY_ASSIGN(Header header, HeaderParser(text.substr(0, end)).parse());
      source.consume(end);
      return header;
    }
    if (text.size() < size) return malformed_header("it does not end");
    if (size == k_max_header_bytes)
      return malformed_header(concat("larger than ", base::byte_count(k_max_header_bytes)));
  }
}

base::Result<std::string> write_header(std::span<const Stanza> stanzas, crypto::Bytes file_key) {
  std::string text = concat(k_version_line, "\n");
  for (const Stanza& stanza : stanzas) {
    text += concat(k_stanza_mark, stanza.type);
    for (const auto& argument : stanza.arguments) text += concat(" ", argument);
    text += '\n';
    append_body(text, stanza.body);
  }
  text += k_mac_mark;
  VMCRED_TRY_ASSIGN(const auto mac, header_mac(file_key, text));
  text += concat(" ", encode_base64(mac), "\n");
  if (stanzas.size() > k_max_stanzas || text.size() > k_max_header_bytes)
    return base::Error{.kind = base::ErrorKind::config, .what = "too many recipients for one file"};
  return text;
}

base::Result<bool> is_authentic(const Header& header, crypto::Bytes file_key) {
  VMCRED_TRY_ASSIGN(const auto mac, header_mac(file_key, header.authenticated));
  return crypto::equal_in_constant_time(mac, header.mac);
}

}  // namespace vmcred::age
