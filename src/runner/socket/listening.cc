// SPDX-License-Identifier: Apache-2.0
#include "runner/socket/listening.h"

#include <sys/wait.h>

#include "base/deadline.h"
#include "base/file.h"
#include "base/text.h"

namespace vmcred::runner {

bool is_listening(const std::string& path) {
  constexpr std::size_t k_max_table_bytes = std::size_t{16} * 1024 * 1024;
  constexpr std::string_view k_listening =
      " 00010000 ";  // the kernel's __SO_ACCEPTCON, in its column of flags
  if (!base::path_exists(path)) return false;
  const auto table = base::read_text_file("/proc/self/net/unix", k_max_table_bytes);
  if (!table) return true;
  const auto end = table->find(base::concat(" ", path, "\n"));
  if (end == std::string::npos) return false;
  const auto line = table->rfind('\n', end);
  return std::string_view(*table).substr(line, end - line).find(k_listening) != std::string_view::npos;
}

std::string how_it_ended(std::string_view name, int status) {
  return WIFEXITED(status) ? base::concat(name, " ended (exit code ", WEXITSTATUS(status), ")")
                           : base::concat(name, " ended (signal ", WTERMSIG(status), ")");
}

base::Result<void> wait_until_it_listens(pid_t program, const std::string& socket, std::string_view name) {
  constexpr auto k_patience = std::chrono::seconds(5);
  constexpr auto k_pause = std::chrono::milliseconds(1);
  const auto deadline = base::deadline_in(k_patience);
  while (!is_listening(socket)) {
    int status = 0;
    const bool has_ended = ::waitpid(program, &status, WNOHANG) == program;
    if (has_ended || !base::pause_before(deadline, k_pause))
      return base::Error{
          .kind = base::ErrorKind::host,
          .what = has_ended ? how_it_ended(name, status) : base::concat(name, " does not listen on ", socket),
          .hint = "what it said about that stands above, if anything"};
  }
  return {};
}

}  // namespace vmcred::runner
