// SPDX-License-Identifier: Apache-2.0
#include "age/plugin_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "age/plugin_pipe.h"
#include "base/pipe.h"
#include "base/process.h"
#include "base/scope_exit.h"
#include "base/text.h"

namespace vmcred::age {
namespace {

using base::concat;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;
using secret::SecretBuffer;

constexpr int k_first_foreign_descriptor = 3;
constexpr int k_ended_by_us = -1;
constexpr int k_patience_ms = 2000;

Result<std::string> find_plugin(std::string_view name) {
  const auto program = concat("age-plugin-", name);
  auto path = base::find_on_path(program);
  if (!path.empty()) return path;
  return base::Error{.kind = ErrorKind::host,
                     .what = concat(program, " is not installed"),
                     .hint = concat("install it, in an absolute directory of $PATH")};
}

bool shows_standard_error() {
  const char* wanted = std::getenv("AGEDEBUG");
  return wanted != nullptr && std::string_view(wanted) == "plugin";
}

// Signals as a program expects them that a shell starts.
void reset_signals(posix_spawnattr_t& attributes) {
  sigset_t none;
  sigset_t defaults;
  ::sigemptyset(&none);
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGPIPE);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

Result<pid_t> spawn(std::string path, std::string argument, int input, int output) {
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  const base::ScopeExit destroy_actions([&] { ::posix_spawn_file_actions_destroy(&actions); });
  ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  if (!shows_standard_error())
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, k_first_foreign_descriptor);
  ::posix_spawn_file_actions_addchdir_np(&actions, "/");
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  const base::ScopeExit destroy_attributes([&] { ::posix_spawnattr_destroy(&attributes); });
  reset_signals(attributes);

  std::array<char*, 3> words = {path.data(), argument.data(), nullptr};
  pid_t pid = 0;
  const int failure = ::posix_spawn(&pid, path.c_str(), &actions, &attributes, words.data(), environ);
  if (failure != 0)
    return base::Error{.kind = ErrorKind::host,
                       .what = concat(path, " can't be started: ", base::errno_text(failure))};
  return pid;
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return k_ended_by_us;
  return status;
}

// Does it end within our patience?
bool ends_soon(pid_t pid) {
  const UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  if (!process.valid()) return false;
  struct pollfd wait{.fd = process.get(), .events = POLLIN, .revents = 0};
  int ready = 0;
  do ready = ::poll(&wait, 1, k_patience_ms);
  while (ready < 0 && errno == EINTR);
  return ready > 0;
}

std::string ending(int status) {
  if (status == k_ended_by_us) return "it closed its output";
  if (WIFSIGNALED(status)) return concat("it was killed by signal ", WTERMSIG(status));
  return concat("it exited with status ", WEXITSTATUS(status));
}

}  // namespace

PluginProcess::PluginProcess(pid_t pid, UniqueFd to_plugin, UniqueFd from_plugin, SecretBuffer input)
    : m_pid(pid),
      m_to_plugin(std::move(to_plugin)),
      m_from_plugin(std::move(from_plugin)),
      m_input(std::move(input)) {}

PluginProcess::PluginProcess(PluginProcess&& other) noexcept
    : m_pid(std::exchange(other.m_pid, 0)),
      m_to_plugin(std::move(other.m_to_plugin)),
      m_from_plugin(std::move(other.m_from_plugin)),
      m_input(std::move(other.m_input)),
      m_input_size(other.m_input_size) {}

PluginProcess::~PluginProcess() { end(); }

Result<PluginProcess> PluginProcess::start(std::string_view name, std::string_view state_machine) {
  VMCRED_TRY_ASSIGN(auto path, find_plugin(name));
  VMCRED_TRY_ASSIGN(base::Pipe to_plugin, base::make_pipe());
  VMCRED_TRY_ASSIGN(base::Pipe from_plugin, base::make_pipe());
  VMCRED_TRY_ASSIGN(auto input, SecretBuffer::zeroed(k_max_plugin_message_bytes));
  VMCRED_TRY_ASSIGN(const pid_t pid, spawn(std::move(path), concat("--age-plugin=", state_machine),
                                           to_plugin.reader.get(), from_plugin.writer.get()));
  // From here on the destructor ends it.
  PluginProcess process(pid, std::move(to_plugin.writer), std::move(from_plugin.reader), std::move(input));
  if (::fcntl(process.m_to_plugin.get(), F_SETFL, O_NONBLOCK) != 0) return base::errno_error("pipe");
  return process;
}

Result<void> PluginProcess::send(std::string_view type, std::span<const std::string_view> arguments,
                                 crypto::Bytes body) {
  VMCRED_TRY_ASSIGN(const auto text, encode_plugin_message(type, arguments, body));
  switch (write_to_plugin(m_to_plugin.get(), m_from_plugin.get(), text.bytes())) {
    case PipeOutcome::written:
      return {};
    case PipeOutcome::closed:
      return ended_early();
    case PipeOutcome::talks:
      break;
  }
  return base::Error{.kind = ErrorKind::host,
                     .what = "it does not speak the plugin protocol: it writes before its turn"};
}

Result<PluginMessage> PluginProcess::receive() {
  for (;;) {
    VMCRED_TRY_ASSIGN(auto decoded, decode_plugin_message(m_input.bytes().first(m_input_size)));
    if (!decoded) {
      VMCRED_TRY(fill());
      continue;
    }
    const auto bytes = m_input.writable_bytes();
    std::copy(bytes.begin() + static_cast<std::ptrdiff_t>(decoded->size),
              bytes.begin() + static_cast<std::ptrdiff_t>(m_input_size), bytes.begin());
    m_input_size -= decoded->size;
    return std::move(decoded->message);
  }
}

Result<void> PluginProcess::fill() {
  const auto room = m_input.writable_bytes().subspan(m_input_size);
  if (room.empty())
    return base::Error{
        .kind = ErrorKind::host,
        .what = concat("it sent a message of more than ", base::byte_count(k_max_plugin_message_bytes))};
  ssize_t size = 0;
  do size = ::read(m_from_plugin.get(), room.data(), room.size());
  while (size < 0 && errno == EINTR);
  if (size <= 0) return ended_early();
  m_input_size += static_cast<std::size_t>(size);
  return {};
}

base::Error PluginProcess::ended_early() {
  return {.kind = ErrorKind::host,
          .what = concat("it ended too early: ", ending(end())),
          .hint = "set AGEDEBUG=plugin to see what it writes to standard error"};
}

// Its wait status, or k_ended_by_us.
int PluginProcess::end() {
  if (m_pid == 0) return k_ended_by_us;
  const pid_t pid = std::exchange(m_pid, 0);
  m_to_plugin = UniqueFd();
  m_from_plugin = UniqueFd();
  if (ends_soon(pid)) return wait_for(pid);
  ::kill(pid, SIGKILL);
  wait_for(pid);
  return k_ended_by_us;
}

}  // namespace vmcred::age
