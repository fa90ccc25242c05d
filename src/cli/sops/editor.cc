// SPDX-License-Identifier: Apache-2.0
#include "cli/sops/editor.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "base/unique_fd.h"
#include "sops/failure.h"

namespace vmcred::cli {
namespace {

using base::concat;
using sops::failed;
using sops::Failure;

constexpr std::array k_ending_signals{SIGTERM, SIGHUP};
constexpr std::array k_key_signals{SIGINT, SIGQUIT};
constexpr std::array<std::string_view, 3> k_usual_editors{"vim", "nano", "vi"};

sigset_t held_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : k_ending_signals) ::sigaddset(&signals, signal);
  for (const int signal : k_key_signals) ::sigaddset(&signals, signal);
  return signals;
}

// Takes back the ^C that the editor has had as well.
void drop_key_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : k_key_signals) ::sigaddset(&signals, signal);
  const timespec at_once{};
  while (::sigtimedwait(&signals, nullptr, &at_once) > 0) {}
}

bool is_program(std::string_view name) {
  const char* const search_path = std::getenv("PATH");
  std::string_view rest = search_path == nullptr ? "/usr/bin:/bin" : search_path;
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    if (::access(concat(folder, "/", name).c_str(), X_OK) == 0) return true;
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
  }
  return false;
}

// As a shell would read it: people put options into $EDITOR.
std::optional<std::string> editor_command() {
  for (const char* name : {"SOPS_EDITOR", "EDITOR"}) {
    const char* const value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  for (const std::string_view name : k_usual_editors) {
    if (is_program(name)) return std::string(name);
  }
  return std::nullopt;
}

[[noreturn]] void become_editor(const std::string& command, const std::string& path) {
  const sigset_t signals = held_signals();
  ::sigprocmask(SIG_UNBLOCK, &signals, nullptr);
  const std::string script = concat(command, " \"$@\"");
  ::execl("/bin/sh", "sh", "-c", script.c_str(), command.c_str(), path.c_str(), static_cast<char*>(nullptr));
  ::_exit(127);
}

}  // namespace

SignalsHeld::SignalsHeld() {
  const sigset_t signals = held_signals();
  ::sigprocmask(SIG_BLOCK, &signals, nullptr);
}

SignalsHeld::~SignalsHeld() {
  const sigset_t signals = held_signals();
  ::sigprocmask(SIG_UNBLOCK, &signals, nullptr);
}

bool SignalsHeld::told_to_end() {
  sigset_t pending;
  ::sigpending(&pending);
  for (const int signal : k_ending_signals) {
    if (::sigismember(&pending, signal) == 1) return true;
  }
  return false;
}

base::Result<void> run_editor(const std::string& path) {
  const auto command = editor_command();
  if (!command) {
    return failed(Failure::no_editor, "there is no editor: none of vim, nano and vi is installed",
                  "name one: SOPS_EDITOR=…");
  }
  const pid_t child = ::fork();
  if (child < 0) return base::errno_error("fork");
  if (child == 0) become_editor(*command, path);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  drop_key_signals();
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return failed(Failure::no_editor, concat("the editor ", base::quoted(*command), " failed"),
                "the file is left as it is; name another editor: SOPS_EDITOR=…");
}

bool wait_for_enter() {
  if (::isatty(STDIN_FILENO) == 0) return false;
  const sigset_t signals = held_signals();
  const base::UniqueFd signal(::signalfd(-1, &signals, SFD_CLOEXEC));
  std::array<pollfd, 2> waiting{{{STDIN_FILENO, POLLIN, 0}, {signal.get(), POLLIN, 0}}};
  while (::poll(waiting.data(), waiting.size(), -1) < 0 && errno == EINTR) {}
  if ((waiting[1].revents & POLLIN) != 0) return false;
  std::array<char, 256> line{};
  return ::read(STDIN_FILENO, line.data(), line.size()) > 0;
}

}  // namespace vmcred::cli
