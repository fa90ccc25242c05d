// SPDX-License-Identifier: Apache-2.0
// Age files as text. Source: C2SP age specification, "ASCII armor" (RFC 7468, strict).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "age/channel.h"
#include "base/result.h"
#include "crypto/bytes.h"

namespace vmcred::age {

inline constexpr std::string_view k_armor_begin = "-----BEGIN AGE ENCRYPTED FILE-----";
inline constexpr std::string_view k_armor_end = "-----END AGE ENCRYPTED FILE-----";
inline constexpr std::size_t k_armor_columns = 64;
inline constexpr std::size_t k_armor_line_bytes = 48;

// White space that may stand before and after the armor.
inline constexpr std::size_t k_max_armor_margin = 1024;

// Does a file with these first bytes hold armor, well-formed or not? Text before it is malformed armor.
bool looks_armored(std::string_view start);

// The bytes inside of an armored file. `armor` failures where it is malformed, also after the last byte.
class ArmorReader : public Source {
 public:
  explicit ArmorReader(Source& source) : m_source(source) {}
  base::Result<std::size_t> read(crypto::WritableBytes bytes) override;

 private:
  enum class Place { before, body, last_line, after };

  base::Result<void> read_begin();
  base::Result<void> read_line();
  base::Result<void> take_line(std::string_view line);
  base::Result<void> read_end();
  base::Result<std::size_t> read_full_lines(crypto::WritableBytes bytes);
  base::Result<std::string_view> next_line();

  BufferedSource m_source;
  Place m_place = Place::before;
  std::vector<std::byte> m_line;  // the bytes of a line that have not been asked for yet
  std::size_t m_line_offset = 0;
};

// Wraps what is written to it. Incomplete without finish().
class ArmorWriter : public Sink {
 public:
  explicit ArmorWriter(Sink& sink) : m_sink(sink) {}
  base::Result<void> write(crypto::Bytes bytes) override;
  base::Result<void> finish();

 private:
  base::Result<void> write_lines(crypto::Bytes bytes);

  Sink& m_sink;
  std::vector<std::byte> m_rest;  // less than a line
  std::string m_text;
  bool m_begun = false;
};

}  // namespace vmcred::age
