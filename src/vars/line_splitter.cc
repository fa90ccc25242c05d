// SPDX-License-Identifier: Apache-2.0
#include "vars/line_splitter.h"

namespace vmcred::vars {
namespace {

// Longer ones are cut: nobody reads them, and they would fill our memory.
constexpr std::size_t k_max_line_bytes = 4096;

void append_safely(std::string& line, char c) {
  constexpr char k_digits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '\t' || (byte >= 0x20 && byte != 0x7f)) {
    line += c;
    return;
  }
  line += "\\x";
  line += k_digits[byte >> 4U];
  line += k_digits[byte & 15U];
}

}  // namespace

void LineSplitter::add(std::string_view bytes) {
  for (const char c : bytes) {
    if (c == '\n') {
      m_line(m_pending);
      m_pending.clear();
    } else {
      append_safely(m_pending, c);
      if (m_pending.size() >= k_max_line_bytes) finish();
    }
  }
}

void LineSplitter::finish() {
  if (!m_pending.empty()) m_line(m_pending);
  m_pending.clear();
}

}  // namespace vmcred::vars
