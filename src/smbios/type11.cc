// SPDX-License-Identifier: Apache-2.0
#include "smbios/type11.h"

#include <algorithm>
#include <cassert>

#include "base/text.h"

namespace vmcred::smbios {
namespace {

constexpr std::size_t k_type_offset = 0;
constexpr std::size_t k_length_offset = 1;
constexpr std::size_t k_handle_offset = 2;
constexpr std::size_t k_count_offset = k_header_size;

constexpr std::byte k_nul{0};

base::Error bad_structure(std::string_view reason) {
  return {.kind = base::ErrorKind::io, .what = base::concat("SMBIOS structure ", reason)};
}

}  // namespace

OemStructureWriter::OemStructureWriter(std::uint16_t handle, std::span<std::byte> out) : m_out(out) {
  assert(out.size() >= k_oem_header_size);
  m_out[k_type_offset] = std::byte{k_type_oem_strings};
  m_out[k_length_offset] = std::byte{k_oem_header_size};
  m_out[k_handle_offset] = static_cast<std::byte>(handle & 0xffU);
  m_out[k_handle_offset + 1] = static_cast<std::byte>(handle >> 8U);
  m_used = k_oem_header_size;
}

std::span<std::byte> OemStructureWriter::next_string(std::size_t size) {
  assert(size > 0 && m_count < k_max_strings);
  assert(m_out.size() - m_used > size + 1);  // room for its terminator and the set's
  const auto place = m_out.subspan(m_used, size);
  m_used += size;
  m_out[m_used++] = k_nul;
  ++m_count;
  return place;
}

std::size_t OemStructureWriter::finish() {
  assert(m_count > 0 && m_used < m_out.size());
  m_out[m_used++] = k_nul;
  m_out[k_count_offset] = std::byte{m_count};
  return m_used;
}

base::Result<Structure> read_structure(Bytes table) {
  if (table.size() < k_header_size) return bad_structure("is cut in its header");
  const auto length = std::to_integer<std::size_t>(table[k_length_offset]);
  if (length < k_header_size) return bad_structure("says that it is shorter than its header");
  if (length > table.size()) return bad_structure("is cut in its formatted part");

  const auto low = std::to_integer<unsigned>(table[k_handle_offset]);
  const auto high = std::to_integer<unsigned>(table[k_handle_offset + 1]);
  Structure structure{.type = std::to_integer<std::uint8_t>(table[k_type_offset]),
                      .handle = static_cast<std::uint16_t>(low | (high << 8U)),
                      .formatted = table.first(length),
                      .strings = {},
                      .size = 0};
  Bytes rest = table.subspan(length);
  for (;;) {
    const auto end = std::find(rest.begin(), rest.end(), k_nul);
    if (end == rest.end()) return bad_structure("is cut in its strings");
    const auto string = rest.first(static_cast<std::size_t>(end - rest.begin()));
    rest = rest.subspan(string.size() + 1);
    if (string.empty()) break;
    structure.strings.push_back(string);
  }
  if (structure.strings.empty()) {
    // A set without strings has no string's terminator to lean on: the standard ends it with two NULs.
    if (rest.empty()) return bad_structure("is cut in its strings");
    if (rest.front() != k_nul) return bad_structure("has an empty first string");
    rest = rest.subspan(1);
  }
  structure.size = table.size() - rest.size();
  return structure;
}

base::Result<std::vector<Structure>> read_table(Bytes table) {
  std::vector<Structure> structures;
  while (!table.empty() && table[k_type_offset] != std::byte{k_type_end_of_table}) {
    VMCRED_TRY_ASSIGN(Structure structure, read_structure(table));
    table = table.subspan(structure.size);
    structures.push_back(std::move(structure));
  }
  return structures;
}

}  // namespace vmcred::smbios
