// SPDX-License-Identifier: Apache-2.0
#include "shim/inherited.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "shim/option.h"

namespace vmcred::shim {
namespace {

constexpr std::array<std::string_view, 3> k_marks{"fd=", "fds=", "/fd/"};
constexpr std::array<std::string_view, 4> k_network{"-netdev", "--netdev", "-nic", "--nic"};

// The numbers at the start of a text, with one of ",:" between two of them.
void add_numbers(std::string_view text, std::vector<int>& numbers) {
  if (text.starts_with('[')) text.remove_prefix(1);
  while (!text.empty()) {
    int number = -1;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || number < 0) return;
    numbers.push_back(number);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.starts_with(',') && !text.starts_with(':')) return;
    text.remove_prefix(1);
  }
}

}  // namespace

std::vector<int> named_descriptors(std::span<const std::string> words) {
  std::vector<int> numbers;
  for (const std::string_view word : words)
    for (const auto mark : k_marks)
      for (auto at = word.find(mark); at != word.npos; at = word.find(mark, at + 1))
        add_numbers(word.substr(at + mark.size()), numbers);
  std::ranges::sort(numbers);
  numbers.erase(std::ranges::unique(numbers).begin(), numbers.end());
  return numbers;
}

bool starts_bridge_helper(std::span<const std::string> words) {
  return std::ranges::any_of(find_options(words, k_network, {}), [&](const FoundOption& option) {
    const auto value = value_of(words, option);
    return value.starts_with("bridge") || value.find("helper=") != value.npos;
  });
}

}  // namespace vmcred::shim
