// SPDX-License-Identifier: Apache-2.0
#include "vars/line_splitter.h"

#include "base/text.h"

namespace vmcred::vars {
namespace {

// Longer ones are split: nobody reads them, and they would fill our memory.
constexpr std::size_t k_max_line_bytes = 4096;

}  // namespace

void LineSplitter::add(std::string_view bytes) {
  for (const char c : bytes) {
    if (c == '\n') {
      m_line(base::escaped(m_pending));
      m_pending.clear();
    } else {
      m_pending += c;
      if (m_pending.size() >= k_max_line_bytes) finish();
    }
  }
}

void LineSplitter::finish() {
  if (!m_pending.empty()) m_line(base::escaped(m_pending));
  m_pending.clear();
}

}  // namespace vmcred::vars
