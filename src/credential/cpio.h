// SPDX-License-Identifier: Apache-2.0
// A cpio archive of the kind "newc", as the kernel unpacks it into an initramfs. All files are root's, of the
// time 0, and numbered in their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace vmcred::credential {

// What an entry takes, padding included; a directory's size is 0. Paths have no slash at their beginning.
std::size_t cpio_entry_size(std::string_view path, std::size_t size);

// What ends the archive.
std::size_t cpio_end_size();

// Writes the entries one after the other into a place whose size is that of all together.
class CpioWriter {
 public:
  explicit CpioWriter(std::span<std::byte> out) : m_rest(out) {}

  void directory(std::string_view path, unsigned permissions);
  void file(std::string_view path, unsigned permissions, std::span<const std::byte> content);

  // A file whose content the caller writes into the place that this gives.
  std::span<std::byte> file(std::string_view path, unsigned permissions, std::size_t size);

  void finish();

 private:
  void entry(std::string_view path, unsigned mode, unsigned links, std::size_t size);
  void put(std::string_view text);
  void put_number(std::size_t number);
  void pad(std::size_t written);

  std::span<std::byte> m_rest;
  std::uint32_t m_inode = 0;
};

}  // namespace vmcred::credential
