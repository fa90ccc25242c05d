// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace vmcred::store {

// Sentences that several threads add, each told once.
class Warnings {
 public:
  void add(std::vector<std::string> sentences) {
    const std::lock_guard lock(m_mutex);
    for (auto& sentence : sentences) m_sentences.insert(std::move(sentence));
  }

  std::vector<std::string> sorted() const {
    const std::lock_guard lock(m_mutex);
    return {m_sentences.begin(), m_sentences.end()};
  }

 private:
  mutable std::mutex m_mutex;
  std::set<std::string> m_sentences;
};

}  // namespace vmcred::store
