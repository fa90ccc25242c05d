// SPDX-License-Identifier: Apache-2.0
// Options on a command line that was written for another program.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vmcred::shim {

// How a program takes an option's value, besides as the next word.
struct OptionStyle {
  bool long_equals = false;     // --initrd=V
  bool short_equals = false;    // -i=V
  bool short_attached = false;  // -iV
};

// Where the value of an option stands.
struct FoundOption {
  std::size_t word = 0;    // which word it is in
  std::size_t offset = 0;  // what stands in that word before it: the length of "--initrd=", or 0

  bool is_own_word() const { return offset == 0; }
};

// Each place where one of these options stands with a value. `names` are all spellings of one option.
std::vector<FoundOption> find_options(std::span<const std::string> words,
                                      std::span<const std::string_view> names, OptionStyle style);

// The value's text. It points into the word.
std::string_view value_of(std::span<const std::string> words, const FoundOption& option);

void set_value(std::vector<std::string>& words, const FoundOption& option, std::string_view value);

// Takes the option and its value out. Places behind it that were found before no longer hold.
void remove_option(std::vector<std::string>& words, const FoundOption& option);

}  // namespace vmcred::shim
