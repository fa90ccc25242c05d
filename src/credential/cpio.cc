// SPDX-License-Identifier: Apache-2.0
#include "credential/cpio.h"

#include <sys/stat.h>
#include <algorithm>
#include <cassert>

namespace vmcred::credential {
namespace {

constexpr std::string_view k_magic = "070701";
constexpr std::string_view k_end_path = "TRAILER!!!";
constexpr std::size_t k_digits = 8;
constexpr std::size_t k_numbers = 13;
constexpr std::size_t k_header_bytes = k_magic.size() + k_numbers * k_digits;
constexpr std::size_t k_alignment = 4;

constexpr std::size_t padding(std::size_t size) { return (k_alignment - size % k_alignment) % k_alignment; }
constexpr std::size_t padded(std::size_t size) { return size + padding(size); }

// A path ends with a NUL.
std::size_t head_size(std::string_view path) { return k_header_bytes + path.size() + 1; }

}  // namespace

std::size_t cpio_entry_size(std::string_view path, std::size_t size) {
  return padded(head_size(path)) + padded(size);
}

std::size_t cpio_end_size() { return cpio_entry_size(k_end_path, 0); }

void CpioWriter::put(std::string_view text) {
  std::ranges::copy(std::as_bytes(std::span(text)), m_rest.begin());
  m_rest = m_rest.subspan(text.size());
}

void CpioWriter::put_number(std::size_t number) {
  for (std::size_t i = 0; i < k_digits; ++i)
    m_rest[i] = static_cast<std::byte>("0123456789ABCDEF"[number >> (4 * (k_digits - 1 - i)) & 0xFU]);
  m_rest = m_rest.subspan(k_digits);
}

void CpioWriter::pad(std::size_t written) {
  std::ranges::fill(m_rest.first(padding(written)), std::byte{0});
  m_rest = m_rest.subspan(padding(written));
}

void CpioWriter::entry(std::string_view path, unsigned mode, unsigned links, std::size_t size) {
  // The kernel takes files for the same one by device and number only where they have more than one link.
  const std::size_t numbers[k_numbers] = {m_inode, mode, 0, 0, links,           0, size,
                                          0,       0,    0, 0, path.size() + 1, 0};
  put(k_magic);
  for (const std::size_t number : numbers) put_number(number);
  put(path);
  put(std::string_view("\0", 1));
  pad(head_size(path));
}

void CpioWriter::directory(std::string_view path, unsigned permissions) {
  ++m_inode;
  entry(path, S_IFDIR | permissions, 2, 0);
}

std::span<std::byte> CpioWriter::file(std::string_view path, unsigned permissions, std::size_t size) {
  ++m_inode;
  entry(path, S_IFREG | permissions, 1, size);
  const auto content = m_rest.first(size);
  m_rest = m_rest.subspan(size);
  pad(size);
  return content;
}

void CpioWriter::file(std::string_view path, unsigned permissions, std::span<const std::byte> content) {
  std::ranges::copy(content, file(path, permissions, content.size()).begin());
}

void CpioWriter::finish() {
  m_inode = 0;
  entry(k_end_path, 0, 1, 0);
  assert(m_rest.empty());
}

}  // namespace vmcred::credential
