// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "age/armor.h"
#include "age/base64.h"
#include "age/failure.h"
#include "base/text.h"

namespace vmcred::age {
namespace {

constexpr std::size_t k_look_ahead_bytes = 64UL * 1024;

base::Error malformed_armor(std::string_view reason) {
  return failed(Failure::armor, base::concat("not a valid armored age file: ", reason));
}

constexpr std::string_view k_blanks = " \t\r\n";

bool is_blank(std::string_view text) { return text.find_first_not_of(k_blanks) == std::string_view::npos; }

// The bytes of a line that ends with padding or is the last one. Nothing where it is not canonical.
std::optional<std::vector<std::byte>> decode_padded(std::string_view line) {
  if (line.size() % 4 != 0) return std::nullopt;
  for (int padding = 0; padding < 2 && line.ends_with('='); ++padding) line.remove_suffix(1);
  return decode_base64(line);
}

}  // namespace

bool looks_armored(std::string_view start) {
  if (start.starts_with("age-encryption.org/")) return false;
  const std::size_t text = std::min(start.find_first_not_of(k_blanks), start.size());
  return start.substr(text).starts_with("-----") || start.find("-----BEGIN") <= k_max_armor_margin;
}

base::Result<std::size_t> ArmorReader::read(crypto::WritableBytes bytes) {
  if (m_place == Place::before) VMCRED_TRY(read_begin());
  std::size_t size = 0;
  while (size < bytes.size()) {
    if (m_line_offset < m_line.size()) {
      const std::size_t taken = std::min(bytes.size() - size, m_line.size() - m_line_offset);
      std::copy_n(m_line.begin() + static_cast<std::ptrdiff_t>(m_line_offset), taken,
                  bytes.begin() + static_cast<std::ptrdiff_t>(size));
      m_line_offset += taken;
      size += taken;
      continue;
    }
    if (m_place == Place::after) break;
    if (m_place == Place::body) {
      VMCRED_TRY_ASSIGN(const std::size_t read, read_full_lines(bytes.subspan(size)));
      size += read;
    }
    if (size < bytes.size()) VMCRED_TRY(read_line());
  }
  return size;
}

// As many lines as are here, of the form that nearly all have. The others are left to read_line().
base::Result<std::size_t> ArmorReader::read_full_lines(crypto::WritableBytes bytes) {
  std::size_t size = 0;
  VMCRED_TRY_ASSIGN(const std::string_view text, m_source.peek(k_look_ahead_bytes));
  std::size_t read = 0;
  while (bytes.size() - size >= k_armor_line_bytes && text.size() - read > k_armor_columns) {
    const std::string_view line = text.substr(read, k_armor_columns + 1);
    if (line.back() != '\n' ||
        !decode_base64_groups(line.substr(0, k_armor_columns), bytes.subspan(size, k_armor_line_bytes)))
      break;
    read += line.size();
    size += k_armor_line_bytes;
  }
  m_source.consume(read);
  return size;
}

base::Result<std::string_view> ArmorReader::next_line() {
  VMCRED_TRY_ASSIGN(const std::string_view text, m_source.peek(k_armor_columns + 2));
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) {
    if (text.size() > k_armor_columns + 1) return malformed_armor("a line is too long");
    m_source.consume(text.size());
    return text;
  }
  m_source.consume(end + 1);
  return text.substr(0, end > 0 && text[end - 1] == '\r' ? end - 1 : end);
}

base::Result<void> ArmorReader::read_begin() {
  VMCRED_TRY_ASSIGN(const std::string_view text,
                    m_source.peek(k_max_armor_margin + k_armor_begin.size() + 2));
  const std::size_t begin = text.find_first_not_of(k_blanks);
  if (begin == std::string_view::npos || begin > k_max_armor_margin || (begin > 0 && text[begin - 1] != '\n'))
    return malformed_armor("it does not begin");
  m_source.consume(begin);
  VMCRED_TRY_ASSIGN(const std::string_view line, next_line());
  if (line != k_armor_begin)
    return malformed_armor(base::concat("it does not begin with '", k_armor_begin, "'"));
  m_place = Place::body;
  return {};
}

base::Result<void> ArmorReader::read_line() {
  VMCRED_TRY_ASSIGN(const std::string_view line, next_line());
  if (line == k_armor_end) return read_end();
  if (m_place == Place::last_line) return malformed_armor("a line before the last one is short");
  return take_line(line);
}

base::Result<void> ArmorReader::take_line(std::string_view line) {
  if (line.empty()) return malformed_armor("it has an empty line, or does not end");
  if (line.size() > k_armor_columns) return malformed_armor("a line is too long");
  auto bytes = decode_padded(line);
  if (!bytes) return malformed_armor("a line is not canonical base64");
  if (bytes->size() < k_armor_line_bytes) m_place = Place::last_line;
  m_line = *std::move(bytes);
  m_line_offset = 0;
  return {};
}

base::Result<void> ArmorReader::read_end() {
  VMCRED_TRY_ASSIGN(const std::string_view rest, m_source.peek(k_max_armor_margin + 1));
  if (!is_blank(rest) || rest.size() > k_max_armor_margin)
    return malformed_armor("something stands after its end");
  m_place = Place::after;
  return {};
}

}  // namespace vmcred::age
