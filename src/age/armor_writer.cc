// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "age/armor.h"
#include "age/base64.h"
#include "base/text.h"

namespace vmcred::age {

base::Result<void> ArmorWriter::write(crypto::Bytes bytes) {
  if (!m_begun) {
    m_begun = true;
    VMCRED_TRY(m_sink.write(bytes_of(base::concat(k_armor_begin, "\n"))));
  }
  if (!m_rest.empty()) {
    const std::size_t taken = std::min(bytes.size(), k_armor_line_bytes - m_rest.size());
    m_rest.insert(m_rest.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(taken));
    bytes = bytes.subspan(taken);
    if (m_rest.size() < k_armor_line_bytes) return {};
    VMCRED_TRY(write_lines(m_rest));
  }
  const std::size_t whole = bytes.size() / k_armor_line_bytes * k_armor_line_bytes;
  VMCRED_TRY(write_lines(bytes.first(whole)));
  m_rest.assign(bytes.begin() + static_cast<std::ptrdiff_t>(whole), bytes.end());
  return {};
}

base::Result<void> ArmorWriter::write_lines(crypto::Bytes bytes) {
  const std::size_t lines = bytes.size() / k_armor_line_bytes;
  m_text.resize(lines * (k_armor_columns + 1));
  for (std::size_t i = 0; i < lines; ++i) {
    const std::span<char> line = std::span(m_text).subspan(i * (k_armor_columns + 1), k_armor_columns + 1);
    encode_base64_groups(bytes.subspan(i * k_armor_line_bytes, k_armor_line_bytes),
                         line.first(k_armor_columns));
    line.back() = '\n';
  }
  return m_sink.write(bytes_of(m_text));
}

base::Result<void> ArmorWriter::finish() {
  VMCRED_TRY(write({}));
  std::string text = encode_base64(m_rest);
  while (text.size() % 4 != 0) text += '=';
  if (!text.empty()) text += '\n';
  text += base::concat(k_armor_end, "\n");
  return m_sink.write(bytes_of(text));
}

}  // namespace vmcred::age
