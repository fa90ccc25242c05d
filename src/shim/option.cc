// SPDX-License-Identifier: Apache-2.0
#include "shim/option.h"

#include <optional>

namespace vmcred::shim {
namespace {

bool is_long(std::string_view name) { return name.starts_with("--"); }

// What stands in the word before the value that belongs to it, if there is one.
std::optional<std::size_t> offset_of_value(std::string_view word, std::string_view name, OptionStyle style) {
  if (!word.starts_with(name) || word.size() == name.size()) return std::nullopt;
  if (word[name.size()] == '=' && (is_long(name) ? style.long_equals : style.short_equals))
    return name.size() + 1;
  if (!is_long(name) && style.short_attached) return name.size();
  return std::nullopt;
}

}  // namespace

std::vector<FoundOption> find_options(std::span<const std::string> words,
                                      std::span<const std::string_view> names, OptionStyle style) {
  std::vector<FoundOption> found;
  for (std::size_t i = 0; i < words.size(); ++i)
    for (const auto name : names) {
      if (words[i] == name && i + 1 < words.size()) {
        found.push_back({.word = ++i});
        break;
      }
      if (const auto offset = offset_of_value(words[i], name, style)) {
        found.push_back({.word = i, .offset = *offset});
        break;
      }
    }
  return found;
}

std::string_view value_of(std::span<const std::string> words, const FoundOption& option) {
  return std::string_view(words[option.word]).substr(option.offset);
}

void set_value(std::vector<std::string>& words, const FoundOption& option, std::string_view value) {
  words[option.word].replace(option.offset, std::string::npos, value);
}

void remove_option(std::vector<std::string>& words, const FoundOption& option) {
  const auto value = words.begin() + static_cast<std::ptrdiff_t>(option.word);
  words.erase(option.is_own_word() ? value - 1 : value, value + 1);
}

}  // namespace vmcred::shim
