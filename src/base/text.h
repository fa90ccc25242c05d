// SPDX-License-Identifier: Apache-2.0
// Small text building blocks. Nothing here takes a secret: SecretBuffer does not convert to string_view.
#pragma once

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vmcred::base {

// One piece of a text that concat() builds: a string or a whole number in decimal.
class TextPiece {
 public:
  TextPiece(std::string_view text) : m_text(text) {}    // NOLINT(google-explicit-constructor)
  TextPiece(const char* text) : m_text(text) {}         // NOLINT(google-explicit-constructor)
  TextPiece(const std::string& text) : m_text(text) {}  // NOLINT(google-explicit-constructor)
  template <std::integral Integer>
    requires(!std::same_as<Integer, bool> && !std::same_as<Integer, char>)
  TextPiece(Integer number) {  // NOLINT(google-explicit-constructor)
    m_text = {m_digits.data(), std::to_chars(m_digits.begin(), m_digits.end(), number).ptr};
  }

  TextPiece(const TextPiece&) = delete;
  TextPiece& operator=(const TextPiece&) = delete;
  ~TextPiece() = default;

  std::string_view text() const { return m_text; }

 private:
  // Of a number, with its sign.
  std::array<char, std::numeric_limits<std::uint64_t>::digits10 + 2> m_digits = {};
  std::string_view m_text;
};

std::string concat_pieces(std::initializer_list<std::string_view> pieces);

// concat("vm '", name, "' has ", 3, " secrets").
template <typename... Pieces>
std::string concat(const Pieces&... pieces) {
  return concat_pieces({TextPiece(pieces).text()...});
}

// {"a", "b", "c"} with ", " gives "a, b, c".
std::string join(std::span<const std::string> items, std::string_view separator);

// 'text', with control characters and quotes as \xNN so that no input can forge a line of our output.
std::string quoted(std::string_view text);
// Of strings, too, so that an unqualified call never means std::quoted.
inline std::string quoted(const std::string& text) { return quoted(std::string_view(text)); }
inline std::string quoted(std::string& text) { return quoted(std::string_view(text)); }

// The text with control characters, but for tabs, as \xNN: for lines of somebody else's that we show.
std::string escaped(std::string_view text);

// Two lower-case digits a byte.
std::string hex(std::span<const std::byte> bytes);

// A count with its noun: "1 secret", "2 secrets".
std::string counted(std::size_t count, std::string_view noun);

// Bytes for people, with thousands separators: "65,536 bytes".
std::string byte_count(std::size_t bytes);

// The candidate closest to a mistyped word, or "" when none is near enough to be meant.
std::string closest(std::string_view word, std::span<const std::string> candidates);

// " (did you mean 'x'?)", or "" when nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace vmcred::base
