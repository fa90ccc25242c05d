// SPDX-License-Identifier: Apache-2.0
// Whoever sits at the terminal, wherever standard input and output go.
#pragma once

#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "secret/buffer.h"

namespace vmcred::cli {

class Terminal {
 public:
  enum class Echo { yes, no };

  // Fails with a `usage` error where this process has no terminal.
  static base::Result<Terminal> open();

  // One line, without its newline, straight into locked memory. The terminal's state comes back, also at ^C;
  // only a signal from elsewhere that ends the process leaves it without an echo. Fails when the input ends
  // before a line does, or at ^C.
  base::Result<secret::SecretBuffer> read_line(std::string_view prompt, Echo echo) const;

  // A new secret, typed twice without an echo. Fails where it is empty or the second one differs.
  base::Result<secret::SecretBuffer> read_new_secret(std::string_view prompt) const;

  // All lines up to ^D at the start of one, the last newline included.
  base::Result<secret::SecretBuffer> read_lines(std::string_view prompt, Echo echo) const;

  // "y" or "yes" is a yes.
  base::Result<bool> confirm(std::string_view question) const;

 private:
  explicit Terminal(base::UniqueFd terminal) : m_terminal(std::move(terminal)) {}
  base::Result<secret::SecretBuffer> read(std::string_view prompt, Echo echo, bool all_lines) const;

  base::UniqueFd m_terminal;
};

}  // namespace vmcred::cli
