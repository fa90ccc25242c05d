// SPDX-License-Identifier: Apache-2.0
#include "sops/yaml_comments.h"

#include <algorithm>
#include <string_view>

#include "sops/tree.h"

namespace vmcred::sops {
namespace {

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U; }

}  // namespace

char YamlSource::at(std::size_t byte) const {
  return byte < m_text.size() ? static_cast<char>(m_text[byte]) : '\0';
}

std::size_t YamlSource::byte_of(std::size_t character) {
  for (; m_character < character && m_byte < m_text.size(); ++m_character) {
    do { ++m_byte; } while (m_byte < m_text.size() && continues_character(at(m_byte)));
  }
  return m_byte;
}

// YAML 1.1 knows five line breaks: LF, CR, U+0085, U+2028 and U+2029.
bool YamlSource::is_break(std::size_t byte) const {
  const std::string_view rest = text_of(m_text.subspan(byte));
  return rest.starts_with('\n') || rest.starts_with('\r') || rest.starts_with("\xc2\x85") ||
         rest.starts_with("\xe2\x80\xa8") || rest.starts_with("\xe2\x80\xa9");
}

std::size_t YamlSource::end_of_line(std::size_t byte) const {
  while (byte < m_text.size() && !is_break(byte)) ++byte;
  return byte;
}

std::size_t YamlSource::start_of_line(std::size_t byte) const {
  // Behind the last byte of a break; the last bytes of the longer ones are told by looking at where they
  // begin.
  while (byte > 0) {
    const std::size_t one_back = byte - 1;
    if (at(one_back) == '\n' || at(one_back) == '\r') return byte;
    if (byte >= 2 && is_break(byte - 2) && at(byte - 2) == '\xc2') return byte;
    if (byte >= 3 && is_break(byte - 3) && at(byte - 3) == '\xe2') return byte;
    --byte;
  }
  return byte;
}

bool YamlSource::all_blank(std::size_t begin, std::size_t end) const {
  while (begin < end && is_blank(begin)) ++begin;
  return begin >= end;
}

bool YamlSource::begins_comment(std::size_t byte) const {
  return at(byte) == '#' && (byte == 0 || is_blank(byte - 1) || start_of_line(byte) == byte);
}

base::Result<YamlComment> YamlSource::comment_at(std::size_t byte, std::size_t gap_begin) const {
  const std::size_t line = start_of_line(byte);
  YamlComment comment;
  comment.column = byte - line;
  if (all_blank(line, byte)) {
    comment.position = YamlComment::Position::own_line;
  } else {
    comment.position = all_blank(gap_begin, byte) ? YamlComment::Position::behind_value
                                                  : YamlComment::Position::behind_indicator;
  }
  const std::size_t begin = byte + 1;
  VMCRED_TRY_ASSIGN(comment.text,
                    secret::SecretBuffer::copy_of(m_text.subspan(begin, end_of_line(byte) - begin)));
  return comment;
}

base::Result<void> YamlSource::collect_comments(std::size_t begin, std::size_t end,
                                                std::vector<YamlComment>& comments) const {
  for (std::size_t byte = begin; byte < end; ++byte) {
    if (!begins_comment(byte)) continue;
    VMCRED_TRY_ASSIGN(comments.emplace_back(), comment_at(byte, begin));
    byte = end_of_line(byte);
  }
  return {};
}

std::size_t YamlSource::skip_properties(std::size_t begin, std::size_t end) const {
  std::size_t byte = begin;
  while (byte < end) {
    if (is_blank(byte) || is_break(byte)) {
      ++byte;
    } else if (begins_comment(byte)) {
      byte = end_of_line(byte);
    } else if (at(byte) == '&' || at(byte) == '!') {
      while (byte < end && !is_blank(byte) && !is_break(byte)) ++byte;
    } else {
      break;
    }
  }
  return std::min(byte, end);
}

base::Result<void> YamlSource::collect_head_comment(std::size_t begin,
                                                    std::vector<YamlComment>& comments) const {
  std::size_t byte = begin;
  const std::size_t end = end_of_line(begin);
  while (byte < end && !is_blank(byte)) ++byte;
  const std::size_t blanks = byte;
  while (byte < end && is_blank(byte)) ++byte;
  if (byte == end || !begins_comment(byte)) return {};
  VMCRED_TRY_ASSIGN(comments.emplace_back(), comment_at(byte, blanks));
  return {};
}

}  // namespace vmcred::sops
