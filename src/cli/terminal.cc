// SPDX-License-Identifier: Apache-2.0
#include "cli/terminal.h"

#include <fcntl.h>
#include <signal.h>
#include <termios.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::cli {
namespace {

using base::Result;
using secret::SecretBuffer;

constexpr std::size_t k_max_input_bytes = 64UL * 1024;
constexpr std::string_view k_name = "the terminal";
constexpr char k_interrupt = '\x03';  // what ^C sends while it is no signal

// Switches the echo off, and signals too: ^C comes as a byte, so that nothing ends the process while the
// terminal is silent.
class Silence {
 public:
  Silence(int terminal, Terminal::Echo echo) : m_terminal(terminal) {
    if (::tcgetattr(terminal, &m_before) != 0) return;
    termios wanted = m_before;
    if (echo == Terminal::Echo::no) {
      wanted.c_lflag &= ~static_cast<tcflag_t>(ECHO | ISIG);
      wanted.c_cc[VEOL] = k_interrupt;
    }
    m_active = ::tcsetattr(terminal, TCSAFLUSH, &wanted) == 0;
  }
  ~Silence() {
    if (m_active) ::tcsetattr(m_terminal, TCSAFLUSH, &m_before);
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

  bool active() const { return m_active; }

 private:
  int m_terminal;
  termios m_before{};
  bool m_active = false;
};

base::Error interrupted() { return {.kind = base::ErrorKind::usage, .what = "interrupted"}; }

// In its usual mode a terminal hands over whole lines.
Result<std::size_t> read_some(int terminal, std::span<std::byte> room) {
  const ssize_t count = TEMP_FAILURE_RETRY(::read(terminal, room.data(), room.size()));
  if (count < 0) return base::errno_error(k_name);
  return static_cast<std::size_t>(count);
}

bool holds(std::span<const std::byte> bytes, char wanted) {
  return std::ranges::find(bytes, static_cast<std::byte>(wanted)) != bytes.end();
}

}  // namespace

Result<Terminal> Terminal::open() {
  base::UniqueFd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal.valid())
    return base::Error{.kind = base::ErrorKind::usage,
                       .what = "there is no terminal to ask at",
                       .hint = "run the command on a terminal"};
  return Terminal(std::move(terminal));
}

Result<SecretBuffer> Terminal::read(std::string_view prompt, Echo echo, bool all_lines) const {
  VMCRED_TRY_ASSIGN(SecretBuffer input, SecretBuffer::zeroed(k_max_input_bytes));
  std::size_t size = 0;
  {
    const Silence silence(m_terminal.get(), echo);
    if (!silence.active()) return base::errno_error(k_name);
    VMCRED_TRY(base::write_all(m_terminal.get(), std::as_bytes(std::span(prompt)), k_name));
    while (size < input.size()) {
      const auto room = input.writable_bytes().subspan(size);
      VMCRED_TRY_ASSIGN(const std::size_t count, read_some(m_terminal.get(), room));
      if (holds(room.first(count), k_interrupt)) return interrupted();
      size += count;
      if (count == 0 || (!all_lines && holds(room.first(count), '\n'))) break;
    }
  }
  if (echo == Echo::no)
    VMCRED_TRY(base::write_all(m_terminal.get(), std::as_bytes(std::span("\n", 1)), k_name));
  return SecretBuffer::copy_of(input.bytes().first(size));
}

Result<SecretBuffer> Terminal::read_line(std::string_view prompt, Echo echo) const {
  VMCRED_TRY_ASSIGN(SecretBuffer line, read(prompt, echo, false));
  if (line.empty() || line.bytes().back() != std::byte{'\n'}) return interrupted();
  line.truncate(line.size() - 1);
  return line;
}

Result<SecretBuffer> Terminal::read_new_secret(std::string_view prompt) const {
  VMCRED_TRY_ASSIGN(SecretBuffer first, read_line(prompt, Echo::no));
  if (first.empty())
    return base::Error{.kind = base::ErrorKind::usage, .what = "nothing was typed", .hint = "try again"};
  VMCRED_TRY_ASSIGN(const SecretBuffer second, read_line("the same again: ", Echo::no));
  if (!first.equals(second.bytes()))
    return base::Error{.kind = base::ErrorKind::usage, .what = "the two inputs differ", .hint = "try again"};
  return first;
}

Result<SecretBuffer> Terminal::read_lines(std::string_view prompt, Echo echo) const {
  return read(prompt, echo, true);
}

Result<bool> Terminal::confirm(std::string_view question) const {
  VMCRED_TRY_ASSIGN(const SecretBuffer answer, read_line(base::concat(question, " [y/N] "), Echo::yes));
  const auto is = [&](std::string_view text) { return answer.equals(std::as_bytes(std::span(text))); };
  return is("y") || is("Y") || is("yes") || is("Yes");
}

}  // namespace vmcred::cli
