// SPDX-License-Identifier: Apache-2.0
#include "sops/canonical.h"

#include <string.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "sops/failure.h"
#include "sops/time.h"

namespace vmcred::sops {
namespace {

using base::Result;

// Wiped when it goes: numbers are secrets too.
struct Scratch {
  std::array<char, 32> characters{};

  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { ::explicit_bzero(characters.data(), characters.size()); }
};

base::Error not_of_type(std::string_view type) {
  return failed(Failure::decrypting_tree,
                std::string("an encrypted value is not the ").append(type) + " it says it is");
}

// "1.25e+02" taken apart: digits "125", of which `before_point` stand before the point (negative: zeros after
// it).
struct Decimal {
  bool negative = false;
  std::string_view first_digit;
  std::string_view other_digits;
  int before_point = 0;

  int digits() const { return static_cast<int>(first_digit.size() + other_digits.size()); }
  char digit(int index) const {
    return index == 0 ? first_digit.front() : other_digits[static_cast<std::size_t>(index) - 1];
  }
};

Decimal take_apart(std::string_view scientific) {
  Decimal decimal;
  decimal.negative = scientific.starts_with('-');
  if (decimal.negative) scientific.remove_prefix(1);
  const std::size_t exponent_at = scientific.find('e');
  decimal.first_digit = scientific.substr(0, 1);
  if (exponent_at > 2) decimal.other_digits = scientific.substr(2, exponent_at - 2);
  std::string_view exponent = scientific.substr(exponent_at + 1);
  if (exponent.starts_with('+')) exponent.remove_prefix(1);
  std::from_chars(exponent.data(), exponent.data() + exponent.size(), decimal.before_point);
  ++decimal.before_point;
  return decimal;
}

// Without an exponent; digits that the shortest form does not tell are zeros.
Result<Leaf> fixed_leaf(const Decimal& decimal) {
  const int fraction_digits = std::max(0, decimal.digits() - decimal.before_point);
  const int whole_digits = std::max(1, decimal.before_point);
  const int size =
      (decimal.negative ? 1 : 0) + whole_digits + (fraction_digits > 0 ? 1 + fraction_digits : 0);
  VMCRED_TRY_ASSIGN(auto text, secret::SecretBuffer::zeroed(static_cast<std::size_t>(size)));
  std::size_t at = 0;
  const auto put = [&](char c) { text.writable_bytes()[at++] = static_cast<std::byte>(c); };
  if (decimal.negative) put('-');
  for (int place = decimal.before_point - whole_digits; place < decimal.before_point + fraction_digits;
       ++place) {
    if (place == decimal.before_point) put('.');
    put(place >= 0 && place < decimal.digits() ? decimal.digit(place) : '0');
  }
  return Leaf{.type = Leaf::Type::floating, .plaintext = std::move(text)};
}

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<bool> parse_boolean(std::string_view text) {
  constexpr std::array<std::string_view, 6> k_true = {"1", "t", "T", "true", "TRUE", "True"};
  constexpr std::array<std::string_view, 6> k_false = {"0", "f", "F", "false", "FALSE", "False"};
  if (std::find(k_true.begin(), k_true.end(), text) != k_true.end()) return true;
  if (std::find(k_false.begin(), k_false.end(), text) != k_false.end()) return false;
  return std::nullopt;
}

}  // namespace

Result<Leaf> integer_leaf(std::int64_t value) {
  Scratch scratch;
  const auto [end, error] = std::to_chars(scratch.characters.begin(), scratch.characters.end(), value);
  return make_leaf(Leaf::Type::integer, std::string_view(scratch.characters.data(), end));
}

Result<Leaf> floating_leaf(double value) {
  if (std::isnan(value)) return make_leaf(Leaf::Type::floating, "NaN");
  if (std::isinf(value)) return make_leaf(Leaf::Type::floating, value > 0 ? "+Inf" : "-Inf");
  Scratch scratch;
  const auto [end, error] = std::to_chars(scratch.characters.begin(), scratch.characters.end(), value,
                                          std::chars_format::scientific);
  return fixed_leaf(take_apart({scratch.characters.data(), end}));
}

Result<Leaf> boolean_leaf(bool value) { return make_leaf(Leaf::Type::boolean, value ? "True" : "False"); }

Result<Leaf> null_leaf() { return Leaf{}; }

Result<Leaf> canonical_leaf(Leaf::Type type, secret::SecretBuffer text) {
  const std::string_view view = text_of(text.bytes());
  switch (type) {
    case Leaf::Type::string:
    case Leaf::Type::comment:
      return Leaf{.type = type, .plaintext = std::move(text)};
    case Leaf::Type::integer:
      if (const auto number = parse_number<std::int64_t>(view)) return integer_leaf(*number);
      return not_of_type("whole number");
    case Leaf::Type::floating:
      if (const auto number = parse_number<double>(view)) return floating_leaf(*number);
      return not_of_type("number");
    case Leaf::Type::boolean:
      if (const auto truth = parse_boolean(view)) return boolean_leaf(*truth);
      return not_of_type("truth value");
    case Leaf::Type::timestamp:
      if (is_time(view)) return Leaf{.type = type, .plaintext = std::move(text)};
      return not_of_type("time");
    case Leaf::Type::null:
      break;
  }
  return not_of_type("value");
}

}  // namespace vmcred::sops
