// SPDX-License-Identifier: Apache-2.0
#include "credential/initrd_segment.h"

#include <string>

#include "base/text.h"
#include "credential/cpio.h"

namespace vmcred::credential {
namespace {

constexpr std::string_view k_extra_directory = ".extra";
constexpr std::string_view k_import_directory = ".extra/system_credentials";

// In an archive, paths begin below the root.
constexpr std::string_view relative(std::string_view path) { return path.substr(1); }

std::string import_path(const CredentialName& name) {
  return base::concat(k_import_directory, "/", name.text(), ".cred");
}

}  // namespace

// At least four, as a word of zeros is what ends LZ4's old format for the kernel.
std::size_t initrd_padding(std::size_t initrd_size) { return 4 + (4 - initrd_size % 4) % 4; }

std::size_t initrd_segment_size(std::span<const ArchivedOutline> outlines, std::size_t program_size,
                                std::string_view next_init) {
  return cpio_entry_size(relative(k_shim_directory), 0) +
         cpio_entry_size(relative(k_shim_archive), archive_size(outlines)) +
         cpio_entry_size(relative(k_shim_next), next_init.size()) +
         cpio_entry_size(relative(k_shim_program), program_size) + cpio_end_size();
}

void write_initrd_segment(std::span<const Credential> set, const InitrdShim& shim, std::span<std::byte> out) {
  CpioWriter writer(out);
  writer.directory(relative(k_shim_directory), 0700);
  write_archive(set, writer.file(relative(k_shim_archive), 0400, archive_size(archived_outlines(set))));
  writer.file(relative(k_shim_next), 0400, std::as_bytes(std::span(shim.next_init)));
  writer.file(relative(k_shim_program), 0755, shim.program);
  writer.finish();
}

std::size_t import_segment_size(std::span<const ArchivedOutline> outlines) {
  std::size_t size = cpio_entry_size(k_extra_directory, 0) + cpio_entry_size(k_import_directory, 0);
  for (const auto& outline : outlines) size += cpio_entry_size(import_path(*outline.name), outline.size);
  return size + cpio_end_size();
}

void write_import_segment(std::span<const Credential> set, std::span<std::byte> out) {
  CpioWriter writer(out);
  writer.directory(k_extra_directory, 0555);
  writer.directory(k_import_directory, 0500);
  for (const auto& [name, value] : set) writer.file(import_path(name), 0400, value.bytes());
  writer.finish();
}

}  // namespace vmcred::credential
