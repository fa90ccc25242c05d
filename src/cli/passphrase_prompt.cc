// SPDX-License-Identifier: Apache-2.0
#include "cli/passphrase_prompt.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/terminal.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using secret::SecretBuffer;

constexpr std::size_t k_max_passphrase_bytes = 4096;

}  // namespace

Result<SecretBuffer> TerminalPassphrasePrompt::ask(std::string_view purpose) const {
  VMCRED_TRY_ASSIGN(const Terminal terminal, Terminal::open());
  return terminal.read_line(concat("passphrase for ", purpose, ": "), Terminal::Echo::no);
}

Result<SecretBuffer> ask_for_new_passphrase(std::string_view purpose) {
  VMCRED_TRY_ASSIGN(const Terminal terminal, Terminal::open());
  return terminal.read_new_secret(concat("new passphrase for ", purpose, ": "));
}

Result<SecretBuffer> read_passphrase_file(const std::string& path) {
  base::UniqueFd file;
  if (path != "-") { VMCRED_TRY_ASSIGN(file, base::open_file(path, O_RDONLY)); }
  const int fd = path == "-" ? STDIN_FILENO : file.get();
  VMCRED_TRY_ASSIGN(SecretBuffer text, SecretBuffer::zeroed(k_max_passphrase_bytes + 1));
  VMCRED_TRY_ASSIGN(std::size_t size, base::read_up_to(fd, text.writable_bytes(), path));
  if (size > k_max_passphrase_bytes)
    return base::Error{.kind = base::ErrorKind::usage,
                       .what = concat(path, " is too long for a passphrase (at most ",
                                      base::byte_count(k_max_passphrase_bytes), ")")};
  if (size > 0 && text.bytes()[size - 1] == std::byte{'\n'}) --size;
  if (size == 0)
    return base::Error{.kind = base::ErrorKind::usage, .what = concat(path, " holds no passphrase")};
  text.truncate(size);
  return text;
}

}  // namespace vmcred::cli
