// SPDX-License-Identifier: Apache-2.0
// What is appended to a guest's initrd so that it carries credentials: a cpio archive of the kind "newc"
// (Documentation/driver-api/early-userspace/buffer-format.rst of Linux). docs/formats/initrd.md has the two
// forms. Nothing here fails: sizes are known beforehand, and the same set gives the same bytes.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "credential/archive.h"

namespace vmcred::credential {

// Where the shim's files are, once the kernel has unpacked them.
inline constexpr std::string_view k_shim_directory = "/.vmcred";
inline constexpr std::string_view k_shim_program = "/.vmcred/init";
inline constexpr std::string_view k_shim_archive = "/.vmcred/credentials";
inline constexpr std::string_view k_shim_next = "/.vmcred/next";

// The init of an initrd for which the kernel's command line names no other.
inline constexpr std::string_view k_default_init = "/init";

// How many zero bytes go between an initrd and what is appended.
std::size_t initrd_padding(std::size_t initrd_size);

// The program that puts the set where it belongs and then becomes the initrd's own init.
struct InitrdShim {
  std::span<const std::byte> program;
  std::string_view next_init;  // an absolute path
};

// The form for every guest. `out` must have exactly the size.
std::size_t initrd_segment_size(std::span<const ArchivedOutline> outlines, std::size_t program_size,
                                std::string_view next_init);
void write_initrd_segment(std::span<const Credential> set, const InitrdShim& shim, std::span<std::byte> out);

// The longest name that a file NAME.cred can have.
inline constexpr std::size_t k_max_import_name_bytes = 250;

// The form that systemd 262 and later import by themselves. `out` must have exactly the size. Names must not
// be longer than k_max_import_name_bytes.
std::size_t import_segment_size(std::span<const ArchivedOutline> outlines);
void write_import_segment(std::span<const Credential> set, std::span<std::byte> out);

}  // namespace vmcred::credential
