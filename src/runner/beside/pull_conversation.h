// SPDX-License-Identifier: Apache-2.0
// The host's part of handing the set over to a guest that asks (docs/formats/pull.md), with one guest, over a
// socket that never blocks.
#pragma once

#include <cstddef>
#include <string>

#include "base/unique_fd.h"

namespace vmcred::runner {

// What the guest gets when it asks: a memory file with the length and the archive.
struct PullAnswerFile {
  int file;  // belongs to whoever made it
  std::size_t size;
};

class PullConversation {
 public:
  enum class State { goes_on, taken, over };

  PullConversation(base::UniqueFd socket, const PullAnswerFile& answer);

  int socket() const { return m_socket.get(); }

  // What to wait for: POLLIN, and POLLOUT while there is something to send.
  short events() const;

  // Goes on as far as it can without waiting. `taken` says that the guest has stored the set; `over`, that it
  // has left, or said what is no part of a conversation.
  State go_on();

 private:
  State read();
  State take_line(const std::string& line);
  State send();

  base::UniqueFd m_socket;
  PullAnswerFile m_answer;
  std::string m_received;
  bool m_is_asked = false;
  std::size_t m_sent = 0;
};

}  // namespace vmcred::runner
