// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "vars/answers.h"

namespace vmcred::vars {
namespace {

using base::concat;
using base::Result;
using secret::SecretBuffer;
using store::GeneratorId;
using store::Placement;

std::string_view view_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

// As UTF-8; nothing for a surrogate.
std::size_t encode(unsigned code, std::span<std::byte> target) {
  if (code < 0x80) {
    target[0] = std::byte(code);
    return 1;
  }
  if (code < 0x800) {
    target[0] = std::byte(0xc0U | code >> 6U);
    target[1] = std::byte(0x80U | (code & 0x3fU));
    return 2;
  }
  if (code >= 0xd800 && code < 0xe000) return 0;
  target[0] = std::byte(0xe0U | code >> 12U);
  target[1] = std::byte(0x80U | (code >> 6U & 0x3fU));
  target[2] = std::byte(0x80U | (code & 0x3fU));
  return 3;
}

class Parser {
 public:
  Parser(std::span<const std::byte> text, std::string_view subject)
      : m_rest(view_of(text)), m_subject(subject) {}

  Result<std::vector<GivenAnswer>> parse() {
    for (skip_blank_lines(); !m_rest.empty(); skip_blank_lines()) {
      if (m_rest.front() == '[') {
        VMCRED_TRY(read_section());
      } else {
        VMCRED_TRY(read_answer());
      }
      VMCRED_TRY(end_line());
    }
    return std::move(m_answers);
  }

 private:
  base::Error fault(std::string_view sentence) const {
    return {.kind = base::ErrorKind::config,
            .what = concat(m_subject, ":", m_line, ": ", sentence),
            .hint =
                "the form is: [machines.NAME.GENERATOR] or [shared.GENERATOR], then lines of PROMPT = "
                "\"answer\""};
  }

  bool take(std::string_view word) {
    if (!m_rest.starts_with(word)) return false;
    m_line += static_cast<std::size_t>(std::ranges::count(word, '\n'));
    m_rest.remove_prefix(word.size());
    return true;
  }

  void skip_spaces() {
    while (!m_rest.empty() && (m_rest.front() == ' ' || m_rest.front() == '\t')) m_rest.remove_prefix(1);
  }

  void skip_comment() {
    skip_spaces();
    if (m_rest.starts_with('#')) m_rest.remove_prefix(std::min(m_rest.size(), m_rest.find('\n')));
  }

  void skip_blank_lines() {
    do skip_comment();
    while (take("\n") || take("\r\n"));
  }

  Result<void> end_line() {
    skip_comment();
    if (m_rest.empty() || take("\n") || take("\r\n")) return {};
    return fault("there is more on this line than there should be");
  }

  // A bare name or one in quotes, which no name needs to escape.
  Result<std::string> read_name() {
    skip_spaces();
    std::size_t size = 0;
    std::string name;
    if (take("\"")) {
      size = m_rest.find_first_of("\"\\\n");
      if (size == std::string_view::npos || m_rest[size] != '"') return fault("not a name");
      name = m_rest.substr(0, size++);
    } else {
      while (size < m_rest.size() && is_bare(m_rest[size])) ++size;
      name = m_rest.substr(0, size);
    }
    m_rest.remove_prefix(size);
    if (name.empty()) return fault("not a name");
    skip_spaces();
    return name;
  }

  Result<void> read_section() {
    take("[");
    std::vector<std::string> names;
    do {
      VMCRED_TRY_ASSIGN(std::string name, read_name());
      names.push_back(std::move(name));
    } while (take("."));
    if (!take("]")) return fault("not the head of a section");
    if (names.size() == 2 && names[0] == "shared")
      m_section = GeneratorId{.placement = {}, .generator = names[1]};
    else if (names.size() == 3 && names[0] == "machines")
      m_section = GeneratorId{.placement = {.kind = Placement::Kind::per_machine, .name = names[1]},
                              .generator = names[2]};
    else
      return fault("not the head of a section");
    m_has_section = true;
    return {};
  }

  Result<void> read_answer() {
    const std::size_t line = m_line;
    VMCRED_TRY_ASSIGN(std::string prompt, read_name());
    if (!take("=")) return fault("'=' must follow the name of a prompt");
    if (!m_has_section) return fault("no section stands in front of this answer");
    for (const GivenAnswer& other : m_answers)
      if (other.generator == m_section && other.prompt == prompt)
        return fault("this prompt has an answer already");
    skip_spaces();
    VMCRED_TRY_ASSIGN(SecretBuffer value, read_value());
    m_answers.push_back(
        {.generator = m_section, .prompt = std::move(prompt), .value = std::move(value), .line = line});
    return {};
  }

  Result<SecretBuffer> read_value() {
    if (take("'''")) {
      if (!take("\n")) take("\r\n");
      return read_literal("'''");
    }
    if (take("'")) return read_literal("'");
    if (take("\"")) return read_escaped();
    return fault("an answer must be \"…\", '…' or '''…'''");
  }

  Result<SecretBuffer> read_literal(std::string_view end) {
    const std::size_t size = m_rest.find(end);
    const bool one_line = end.size() == 1;
    if (size == std::string_view::npos || (one_line && m_rest.find('\n') < size))
      return fault("the answer does not end");
    const std::string_view text = m_rest.substr(0, size);
    VMCRED_TRY_ASSIGN(SecretBuffer value, SecretBuffer::copy_of(std::as_bytes(std::span(text))));
    take(text);
    take(end);
    return value;
  }

  Result<SecretBuffer> read_escaped() {
    // No escape is shorter than what it stands for.
    const std::size_t most = std::min(m_rest.find('\n'), m_rest.size());
    VMCRED_TRY_ASSIGN(SecretBuffer value, SecretBuffer::zeroed(most));
    std::size_t size = 0;
    while (!m_rest.empty() && m_rest.front() != '\n') {
      const char c = m_rest.front();
      m_rest.remove_prefix(1);
      if (c == '"') {
        value.truncate(size);
        return value;
      }
      const auto target = value.writable_bytes().subspan(size);
      if (c != '\\') {
        target[0] = static_cast<std::byte>(c);
        ++size;
        continue;
      }
      const std::size_t written = read_escape(target);
      if (written == 0) return fault("an escape must be one of \\\" \\\\ \\n \\r \\t \\uXXXX");
      size += written;
    }
    return fault("the answer does not end");
  }

  // Gives how many bytes it wrote; 0 where it is none.
  std::size_t read_escape(std::span<std::byte> target) {
    constexpr std::string_view k_letters = "\"\\nrt";
    constexpr std::string_view k_meanings = "\"\\\n\r\t";
    if (m_rest.empty()) return 0;
    const char c = m_rest.front();
    m_rest.remove_prefix(1);
    if (const std::size_t letter = k_letters.find(c); letter != std::string_view::npos) {
      target[0] = static_cast<std::byte>(k_meanings[letter]);
      return 1;
    }
    constexpr std::size_t k_digits = 4;
    if (c != 'u' || m_rest.size() < k_digits) return 0;
    unsigned code = 0;
    for (const char digit : m_rest.substr(0, k_digits)) {
      const std::size_t value = std::string_view("0123456789abcdef0123456789ABCDEF").find(digit);
      if (value == std::string_view::npos) return 0;
      code = code * 16 + static_cast<unsigned>(value % 16);
    }
    m_rest.remove_prefix(k_digits);
    return encode(code, target);
  }

  std::string_view m_rest;
  std::string_view m_subject;
  std::size_t m_line = 1;
  GeneratorId m_section;
  bool m_has_section = false;
  std::vector<GivenAnswer> m_answers;
};

}  // namespace

Result<std::vector<GivenAnswer>> parse_answers(std::span<const std::byte> text, std::string_view subject) {
  return Parser(text, subject).parse();
}

}  // namespace vmcred::vars
