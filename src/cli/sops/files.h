// SPDX-License-Identifier: Apache-2.0
// The files that commands on SOPS files read and write.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "command/arguments.h"
#include "command/program.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"
#include "sops/document.h"

namespace vmcred::cli {

// What a command is about.
struct SopsFile {
  std::string path;  // "" for standard input
  std::string name;  // whose rule and format count: --filename-override, else the path; absolute
  sops::Format input_format;
  sops::Format output_format;
};

// The file that the first operand names, or standard input where the command takes that. Fails with `no_file`
// where there is no such file.
enum class StandardInput : std::uint8_t { taken, refused };
enum class Existence : std::uint8_t { required, optional };
base::Result<SopsFile> sops_file(const command::Arguments& arguments, StandardInput standard_input,
                                 Existence existence = Existence::required);

// The same for a file that another operand names.
base::Result<SopsFile> sops_file_at(const command::Arguments& arguments, const std::string& path,
                                    Existence existence);

// The whole file. Fails with `unreadable`.
base::Result<secret::SecretBuffer> read_contents(const SopsFile& file);
base::Result<secret::SecretBuffer> read_contents(const std::string& path);

// Into the file itself (--in-place), another one (--output), or to standard output. Files are replaced as a
// whole: readers and crashes see the old one or the new one. Fails with `unwritable`.
enum class Secrecy : std::uint8_t { encrypted, plain };
base::Result<void> write_result(const command::Arguments& arguments, const command::Streams& streams,
                                const SopsFile& file, crypto::Bytes contents, Secrecy secrecy);

// Replaces a file, or makes it. A file that is there keeps its owner and mode; a plain result is closed to
// everyone but the owner. A link stays one: what it points to is replaced.
base::Result<void> replace_file(const std::string& path, crypto::Bytes contents, Secrecy secrecy);

}  // namespace vmcred::cli
