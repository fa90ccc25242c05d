// SPDX-License-Identifier: Apache-2.0
// The files that the commands of age read and write. "-" stands for standard input or output.
#pragma once

#include <sys/types.h>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "command/arguments.h"
#include "command/program.h"
#include "secret/buffer.h"

namespace vmcred::cli {

// Fails with a usage error where more than one word of the command line means standard input.
base::Result<void> check_standard_input(const command::Arguments& arguments);

// What a command works on: its operand, or standard input.
class InputFile {
 public:
  static base::Result<InputFile> open(const command::Arguments& arguments);

  int fd() const;
  const std::string& name() const { return m_name; }

 private:
  InputFile(base::UniqueFd file, std::string name) : m_file(std::move(file)), m_name(std::move(name)) {}

  base::UniqueFd m_file;  // none for standard input
  std::string m_name;
};

// A file of keys, whole.
base::Result<secret::SecretBuffer> read_key_file(const std::string& path);

inline constexpr mode_t k_private_file_mode = 0600;

// Where a result goes: the file that --output names, or standard output. The file has its name only from
// commit() on, with all that was written; before that there is nothing, or the old file. One that replaces
// another, or that must not exist yet (a key), reaches the disk before it gets its name; others are left to
// the kernel, as age does, since a large file would wait for the disk. Devices and pipes are written to as
// they are.
class OutputFile {
 public:
  enum class IfExists : std::uint8_t { replace, fail };
  static base::Result<OutputFile> open(const command::Arguments& arguments, const command::Streams& streams,
                                       mode_t mode, IfExists if_exists);
  OutputFile(OutputFile&&) = default;
  OutputFile& operator=(OutputFile&&) = delete;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  int fd() const { return m_file.valid() ? m_file.get() : m_standard_output; }
  const std::string& name() const { return m_name; }
  base::Result<void> commit();

 private:
  OutputFile(std::string name, int standard_output)
      : m_name(std::move(name)), m_standard_output(standard_output) {}
  base::Result<void> open_file(mode_t mode, IfExists if_exists);
  base::Result<void> create();
  base::Result<void> name_file();

  std::string m_name;
  int m_standard_output;
  base::UniqueFd m_file;    // none for standard output
  std::string m_path;       // where the file will be, links resolved
  std::string m_temporary;  // the name that the file has meanwhile; "": none
  bool m_pending = false;   // is it still to get its name?
  IfExists m_if_exists = IfExists::replace;
  bool m_sync = true;
};

}  // namespace vmcred::cli
