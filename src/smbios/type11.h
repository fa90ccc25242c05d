// SPDX-License-Identifier: Apache-2.0
// SMBIOS "OEM Strings" structures (type 11): a small header and a set of NUL-terminated strings.
// Source: DMTF DSP0134 (SMBIOS reference specification), sections 6.1 (structure layout), 6.1.3 (text
// strings) and 7.12 (type 11). docs/formats/smbios.md shows the bytes.
//
// Strings are byte spans here, not texts: they carry secrets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace vmcred::smbios {

using Bytes = std::span<const std::byte>;

inline constexpr std::uint8_t k_type_oem_strings = 11;
inline constexpr std::uint8_t k_type_end_of_table = 127;

// Type, length, handle (2) and, for type 11, the count of strings.
inline constexpr std::size_t k_header_size = 1 + 1 + 2;
inline constexpr std::size_t k_oem_header_size = k_header_size + 1;
inline constexpr std::size_t k_max_strings = 255;  // the count is one byte

// The whole structure around strings of `text_bytes` bytes in all: the header, a terminator for each string,
// and one for the set. `strings` must be 1 to k_max_strings.
constexpr std::size_t oem_structure_size(std::size_t strings, std::size_t text_bytes) {
  return k_oem_header_size + text_bytes + strings + 1;
}

// Starts a type 11 structure in `out` and takes its strings one after the other, so that a secret is written
// straight to its place and nowhere else.
class OemStructureWriter {
 public:
  // `out` must be as large as oem_structure_size() says and stay alive.
  OemStructureWriter(std::uint16_t handle, std::span<std::byte> out);

  // The place of the next string, `size` bytes, for the caller to fill. It must not be empty (an empty string
  // ends the set) and the caller must not put a NUL into it.
  std::span<std::byte> next_string(std::size_t size);

  // Ends the set. Returns the structure's size, which is out.size() when all strings were written.
  std::size_t finish();

 private:
  std::span<std::byte> m_out;
  std::size_t m_used = 0;
  std::uint8_t m_count = 0;
};

// One structure of a table. The spans point into the table.
struct Structure {
  std::uint8_t type;
  std::uint16_t handle;
  Bytes formatted;             // header included
  std::vector<Bytes> strings;  // without terminators
  std::size_t size;            // of the whole structure
};

// The structure at the start of `table`. Fails with an io error where the table is cut or its lengths don't
// hold. `strings` are all that are there, whatever the count byte says, as systemd reads them.
base::Result<Structure> read_structure(Bytes table);

// All structures up to the end-of-table one (which is left out) or the end of `table`.
base::Result<std::vector<Structure>> read_table(Bytes table);

}  // namespace vmcred::smbios
