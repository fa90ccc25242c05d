// SPDX-License-Identifier: Apache-2.0
// Texts of unit files, and what keeps somebody's path or name from meaning more there than itself: systemd
// expands "%" everywhere, quotes and backslashes in lists, "$" in commands. Source: systemd.syntax(7),
// systemd.unit(5) "Specifiers", systemd.service(5) "Command lines".
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/text.h"

namespace vmcred::systemd {

// One item of a list that systemd takes apart at white space, such as RequiresMountsFor=.
std::string list_word(std::string_view text);

// One word of ExecStart= and its like.
std::string command_word(std::string_view text);

// A value that goes on to the end of its line and is taken as it is but for specifiers, such as the path of
// LoadCredential=. Fails with a `config` error for what no such line can hold: control characters, white
// space at an end, a backslash at the end.
base::Result<std::string> line_value(std::string_view text);

// A sentence for people, as in Description=, whatever it contains.
std::string sentence(std::string_view text);

// A unit file that is being written.
class UnitText {
 public:
  UnitText() { m_text.reserve(k_usual_bytes); }

  // comment("needs ", unit) is "# needs UNIT".
  template <typename... Pieces>
  void comment(const Pieces&... pieces) {
    m_text += "# ";
    ((m_text += base::TextPiece(pieces).text()), ...);
    m_text += '\n';
  }

  void section(std::string_view name);

  // set("Wants", unit) is "Wants=UNIT". The pieces are escaped already.
  template <typename... Pieces>
  void set(std::string_view key, const Pieces&... pieces) {
    m_text += key;
    m_text += '=';
    ((m_text += base::TextPiece(pieces).text()), ...);
    m_text += '\n';
  }

  // Whole lines.
  void add(std::string_view lines) { m_text += lines; }

  std::string take() && { return std::move(m_text); }

 private:
  static constexpr std::size_t k_usual_bytes = 4096;

  std::string m_text;
};

}  // namespace vmcred::systemd
