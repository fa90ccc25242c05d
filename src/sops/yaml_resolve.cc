// SPDX-License-Identifier: Apache-2.0
#include "sops/yaml_resolve.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>

#include "base/ascii.h"
#include "sops/canonical.h"
#include "sops/yaml_timestamp.h"

namespace vmcred::sops {
namespace {

using base::is_digit;

constexpr std::size_t k_longest_integer = 80;  // a sign, "0b" and 64 digits

template <std::size_t Size>
bool is_one_of(std::string_view text, const std::array<std::string_view, Size>& words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

constexpr std::array<std::string_view, 5> k_null{"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 3> k_true{"true", "True", "TRUE"};
constexpr std::array<std::string_view, 3> k_false{"false", "False", "FALSE"};
constexpr std::array<std::string_view, 3> k_not_a_number{".nan", ".NaN", ".NAN"};
constexpr std::array<std::string_view, 6> k_infinity{".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"};
constexpr std::array<std::string_view, 3> k_minus_infinity{"-.inf", "-.Inf", "-.INF"};

bool is_sign(char character) { return character == '+' || character == '-'; }

// A number's text without the underscores that YAML allows anywhere but at its front. Wiped when it goes: the
// number may be a secret.
class Digits {
 public:
  static base::Result<Digits> of(std::string_view text) {
    VMCRED_TRY_ASSIGN(auto buffer, secret::SecretBuffer::zeroed(text.size() + 1));
    std::size_t size = 0;
    for (const char character : text) {
      if (character != '_') buffer.writable_bytes()[size++] = static_cast<std::byte>(character);
    }
    return Digits(std::move(buffer), size);
  }

  std::string_view view() const { return {c_str(), m_size}; }
  const char* c_str() const { return reinterpret_cast<const char*>(m_buffer.bytes().data()); }

 private:
  Digits(secret::SecretBuffer buffer, std::size_t size) : m_buffer(std::move(buffer)), m_size(size) {}

  secret::SecretBuffer m_buffer;
  std::size_t m_size;
};

struct Integer {
  bool negative;
  std::uint64_t magnitude;
};

// The base that a prefix tells, which is taken off: "0x", "0b", "0o", and a bare "0" for octal as in C.
int take_base(std::string_view& digits) {
  if (digits.size() < 2 || digits[0] != '0') return 10;
  const char letter = static_cast<char>(digits[1] | 0x20);
  const int base = letter == 'x' ? 16 : letter == 'b' ? 2 : letter == 'o' ? 8 : 0;
  digits.remove_prefix(base == 0 ? 1 : 2);
  return base == 0 ? 8 : base;
}

// Nothing where it is no integer, or one beyond 64 bits.
std::optional<Integer> parse_integer(std::string_view text) {
  if (text.size() > k_longest_integer) {
    // Zeros at the front are the only way to be that long and an integer of 64 bits; nobody writes those.
    return std::nullopt;
  }
  Integer result{.negative = text.starts_with('-'), .magnitude = 0};
  if (!text.empty() && is_sign(text.front())) text.remove_prefix(1);
  const int base = take_base(text);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), result.magnitude, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return result;
}

bool fits_signed(const Integer& integer) {
  const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return integer.magnitude <= most + (integer.negative ? 1 : 0);
}

std::int64_t signed_value(const Integer& integer) {
  return static_cast<std::int64_t>(integer.negative ? ~integer.magnitude + 1 : integer.magnitude);
}

std::size_t count_digits(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

// [-+]? ( .5 | 5 | 5. | 5.5 ) ( [eE] [-+]? 5 )?
bool has_float_form(std::string_view text) {
  if (!text.empty() && is_sign(text.front())) text.remove_prefix(1);
  const std::size_t whole = count_digits(text);
  text.remove_prefix(whole);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const std::size_t fraction = count_digits(text);
    if (whole == 0 && fraction == 0) return false;
    text.remove_prefix(fraction);
  } else if (whole == 0) {
    return false;
  }
  if (text.empty()) return true;
  if (text.front() != 'e' && text.front() != 'E') return false;
  text.remove_prefix(1);
  if (!text.empty() && is_sign(text.front())) text.remove_prefix(1);
  return !text.empty() && count_digits(text) == text.size();
}

// Nothing where the number is too large for a double.
std::optional<double> parse_float(const char* text) {
  const double value = std::strtod(text, nullptr);
  if (std::isinf(value)) return std::nullopt;
  return value;
}

// Spares most strings the closer look.
bool may_be_number(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEFxXoO_+-.") == std::string_view::npos;
}

YamlMeaning meaning_of_number(std::string_view text) {
  if (normal_timestamp(text)) return YamlMeaning::timestamp;
  if (!may_be_number(text)) return YamlMeaning::string;
  // Out of locked memory there is no way to say so here, and leaf_of() will fail for the same reason.
  const base::Result<Digits> digits = Digits::of(text);
  if (!digits) return YamlMeaning::string;
  const auto integer = parse_integer(digits->view());
  if (integer && fits_signed(*integer)) return YamlMeaning::integer;
  if (integer && !integer->negative && text.front() != '+') return YamlMeaning::too_large;
  if (has_float_form(digits->view()) && parse_float(digits->c_str())) return YamlMeaning::floating;
  return YamlMeaning::string;
}

base::Result<Leaf> float_leaf_of(std::string_view text) {
  if (is_one_of(text, k_not_a_number)) return floating_leaf(std::numeric_limits<double>::quiet_NaN());
  if (is_one_of(text, k_infinity)) return floating_leaf(std::numeric_limits<double>::infinity());
  if (is_one_of(text, k_minus_infinity)) return floating_leaf(-std::numeric_limits<double>::infinity());
  VMCRED_TRY_ASSIGN(const Digits digits, Digits::of(text));
  return floating_leaf(parse_float(digits.c_str()).value_or(0));
}

}  // namespace

YamlMeaning meaning_of(std::string_view text) {
  if (is_one_of(text, k_null)) return YamlMeaning::null;
  if (is_one_of(text, k_true) || is_one_of(text, k_false)) return YamlMeaning::boolean;
  if (is_one_of(text, k_not_a_number) || is_one_of(text, k_infinity) || is_one_of(text, k_minus_infinity)) {
    return YamlMeaning::floating;
  }
  if (text == "<<") return YamlMeaning::merge;
  const bool begins_a_number = is_digit(text.front()) || is_sign(text.front());
  return begins_a_number || (text.front() == '.' && has_float_form(text)) ? meaning_of_number(text)
                                                                          : YamlMeaning::string;
}

base::Result<Leaf> leaf_of(YamlMeaning meaning, std::string_view text) {
  switch (meaning) {
    case YamlMeaning::null:
      return null_leaf();
    case YamlMeaning::boolean:
      return boolean_leaf(is_one_of(text, k_true));
    case YamlMeaning::floating:
      return float_leaf_of(text);
    case YamlMeaning::timestamp:
      return make_leaf(Leaf::Type::timestamp, normal_timestamp(text).value_or(TimestampText()).view());
    case YamlMeaning::integer: {
      VMCRED_TRY_ASSIGN(const Digits digits, Digits::of(text));
      return integer_leaf(signed_value(parse_integer(digits.view()).value_or(Integer{})));
    }
    case YamlMeaning::string:
    case YamlMeaning::merge:
    case YamlMeaning::too_large:
      break;
  }
  return make_leaf(Leaf::Type::string, text);
}

}  // namespace vmcred::sops
