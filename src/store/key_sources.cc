// SPDX-License-Identifier: Apache-2.0
#include "store/key_sources.h"

#include <fcntl.h>
#include <strings.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/file.h"
#include "base/pipe.h"
#include "base/process.h"
#include "base/text.h"
#include "secret/read.h"
#include "store/shell_words.h"

namespace vmcred::store {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using secret::SecretBuffer;

// All that comes out of a pipe.
base::Result<SecretBuffer> read_pipe(int pipe, std::string_view subject) {
  VMCRED_TRY_ASSIGN(SecretBuffer output, SecretBuffer::zeroed(k_max_identity_bytes + 1));
  VMCRED_TRY_ASSIGN(const std::size_t size, base::read_up_to(pipe, output.writable_bytes(), subject));
  if (size > k_max_identity_bytes)
    return Error{
        .kind = ErrorKind::credential,
        .what = concat(base::quoted(subject), " printed more than ", base::byte_count(k_max_identity_bytes)),
        .hint = "it must print identities only"};
  return SecretBuffer::copy_of(output.bytes().first(size));
}

}  // namespace

base::Result<std::optional<SecretBuffer>> take_variable(const char* name) {
  char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::optional<SecretBuffer>();
  const std::size_t size = std::strlen(value);
  auto copy = SecretBuffer::copy_of(std::as_bytes(std::span(value, size)));
  ::explicit_bzero(value, size);
  ::unsetenv(name);
  if (!copy) return std::move(copy).error();
  return std::optional(*std::move(copy));
}

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

base::Result<std::optional<SecretBuffer>> read_key_file(const std::string& path) {
  const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!fd.valid() && (errno == ENOENT || errno == ENOTDIR)) return std::optional<SecretBuffer>();
  if (!fd.valid()) return base::errno_error(path);
  VMCRED_TRY_ASSIGN(SecretBuffer file, secret::read_secret_file(fd.get(), k_max_identity_bytes, path));
  return std::optional(std::move(file));
}

base::Result<SecretBuffer> output_of_key_command(const std::string& command) {
  VMCRED_TRY_ASSIGN(auto words, split_words(command));
  if (words.empty()) return Error{.kind = ErrorKind::config, .what = "the command is empty"};
  const std::string name = words.front();
  VMCRED_TRY_ASSIGN(base::Pipe pipe, base::make_pipe());
  VMCRED_TRY_ASSIGN(const base::UniqueFd nothing, base::open_file("/dev/null", O_RDONLY));
  VMCRED_TRY_ASSIGN(
      const pid_t program,
      base::start_program({.words = std::move(words)}, {nothing.get(), pipe.writer.get(), STDERR_FILENO}));
  pipe.writer = base::UniqueFd();
  auto output = read_pipe(pipe.reader.get(), name);
  pipe.reader = base::UniqueFd();  // a program that goes on writing ends
  VMCRED_TRY_ASSIGN(const int exit_code, base::wait_for_program(program, name));
  if (!output) return output;
  if (exit_code != 0)
    return Error{.kind = ErrorKind::credential,
                 .what = concat(base::quoted(name), " ended with ", exit_code),
                 .hint = "run the command by hand to see what it lacks"};
  return output;
}

void put_on_lines(SecretBuffer& keys) {
  constexpr std::string_view k_pem = "-----BEGIN";
  const auto start = keys.bytes().first(std::min(k_pem.size(), keys.size()));
  if (std::ranges::equal(start, std::as_bytes(std::span(k_pem)))) return;
  bool comment = false;
  bool line_start = true;
  for (std::byte& byte : keys.writable_bytes()) {
    const char letter = static_cast<char>(byte);
    if (line_start) comment = letter == '#';
    line_start = letter == '\n';
    if (!comment && (letter == ' ' || letter == '\t' || letter == '\r')) byte = std::byte{'\n'};
  }
}

std::string in_config_home(std::string_view name) {
  if (const std::string config = variable("XDG_CONFIG_HOME"); !config.empty())
    return concat(config, "/", name);
  return in_home(concat(".config/", name));
}

std::string in_home(std::string_view name) {
  const std::string home = variable("HOME");
  return home.empty() ? "" : concat(home, "/", name);
}

}  // namespace vmcred::store
