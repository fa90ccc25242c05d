// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/text.h"
#include "config/reader.h"

namespace vmcred::config {

// Which element of an array of tables was the first to have each value of one key.
class FirstOwners {
 public:
  // `key` must outlive this.
  explicit FirstOwners(std::string_view key) : m_key(key) {}

  // Adds a finding where another element has this value. An empty one is no value.
  void claim(const TableReader& element, const std::string& value) {
    if (value.empty()) return;
    const auto [owner, is_new] = m_owners.try_emplace(value, element.title());
    if (!is_new)
      element.report(m_key, base::concat(base::quoted(m_key), " is the same as that of ", owner->second));
  }

 private:
  std::string_view m_key;
  std::unordered_map<std::string, std::string> m_owners;
};

}  // namespace vmcred::config
