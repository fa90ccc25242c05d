// SPDX-License-Identifier: Apache-2.0
// Lines for the journal with fields of our own: journald's native protocol
// (https://systemd.io/JOURNAL_NATIVE_PROTOCOL/), fields as in systemd.journal-fields(7). Nothing here takes a
// secret.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"

namespace vmcred::systemd {

// As syslog(3) has them.
enum class Priority { error = 3, warning = 4, notice = 5, info = 6, debug = 7 };

struct Field {
  std::string_view name;  // upper-case letters, digits and '_', beginning with a letter
  std::string_view value;
};

// One entry as it goes into a datagram. A value with a line feed has its length in front.
std::string journal_entry(std::span<const Field> fields);

class Journal {
 public:
  static constexpr std::string_view k_socket = "/run/systemd/journal/socket";

  // `identifier` is what journalctl -t takes: the program's name.
  explicit Journal(std::string_view identifier, std::string_view socket = k_socket);

  // Never fails, and waits for 20 ms at most: where journald does not take the entry, its message goes to
  // standard error, with the priority in front as systemd reads it there ("<6>…").
  void write(Priority priority, std::string_view message, std::span<const Field> fields = {}) const;

 private:
  bool send(std::string_view entry) const;

  std::string m_identifier;
  std::string m_address;
  base::UniqueFd m_socket;
};

}  // namespace vmcred::systemd
