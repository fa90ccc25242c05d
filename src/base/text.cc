// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <algorithm>
#include <numeric>

#include "base/ascii.h"

namespace vmcred::base {
namespace {

// Levenshtein's distance with neighbouring transpositions counted as one (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_previous(b.size() + 1);
  std::vector<std::size_t> previous(b.size() + 1);
  std::vector<std::size_t> current(b.size() + 1);
  std::iota(previous.begin(), previous.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, substitution});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        current[j] = std::min(current[j], before_previous[j - 2] + 1);
    }
    std::swap(before_previous, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

// U+0080 to U+009F in UTF-8: terminals obey them as they obey escape sequences.
bool is_control_pair(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  return text.size() == 2 && byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) < 0xa0;
}

void append_hex(std::string& text, unsigned char byte) {
  static constexpr std::string_view k_digits = "0123456789abcdef";
  text += k_digits[byte >> 4U];
  text += k_digits[byte & 15U];
}

// \xNN for each byte that must be escaped, and for those of control pairs.
std::string with_escapes(std::string_view text, bool (*must_be_escaped)(char)) {
  std::string result;
  std::size_t control_end = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_control_pair(text.substr(i, 2))) control_end = i + 2;
    if (!must_be_escaped(text[i]) && i >= control_end) {
      result += text[i];
      continue;
    }
    result += "\\x";
    append_hex(result, static_cast<unsigned char>(text[i]));
  }
  return result;
}

}  // namespace

std::string concat_pieces(std::initializer_list<std::string_view> pieces) {
  std::size_t size = 0;
  for (const auto piece : pieces) size += piece.size();
  std::string text;
  text.reserve(size);
  for (const auto piece : pieces) text += piece;
  return text;
}

std::string join(std::span<const std::string> items, std::string_view separator) {
  std::string text;
  for (const auto& item : items) {
    if (!text.empty()) text += separator;
    text += item;
  }
  return text;
}

std::string hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) append_hex(text, std::to_integer<unsigned char>(byte));
  return text;
}

std::string escaped(std::string_view text) {
  return with_escapes(text, [](char letter) { return is_control(letter) && letter != '\t'; });
}

std::string quoted(std::string_view text) {
  return concat(
      "'",
      with_escapes(text, [](char letter) { return is_control(letter) || letter == '\'' || letter == '\\'; }),
      "'");
}

std::string counted(std::size_t count, std::string_view noun) {
  return concat(count, " ", noun, count == 1 ? "" : "s");
}

std::string byte_count(std::size_t bytes) {
  std::string digits = std::to_string(bytes);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return concat(digits, bytes == 1 ? " byte" : " bytes");
}

std::string closest(std::string_view word, std::span<const std::string> candidates) {
  const std::size_t largest_distance = std::max<std::size_t>(1, word.size() / 3);
  std::string best;
  std::size_t best_distance = largest_distance + 1;
  for (const auto& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  const std::string candidate = closest(word, candidates);
  return candidate.empty() ? "" : concat(" (did you mean ", quoted(candidate), "?)");
}

}  // namespace vmcred::base
