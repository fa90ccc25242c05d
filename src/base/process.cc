// SPDX-License-Identifier: Apache-2.0
#include "base/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>

#include "base/file.h"
#include "base/scope_exit.h"
#include "base/unique_fd.h"

namespace vmcred::base {
namespace {

constexpr std::size_t k_max_output_bytes = 4096;

std::optional<pid_t> start(const std::vector<std::string>& words, int output) {
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (const auto& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  const ScopeExit destroy([&] { ::posix_spawn_file_actions_destroy(&actions); });
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t pid = 0;
  if (::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), environ) != 0) return std::nullopt;
  return pid;
}

bool ends_well(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return false;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

std::optional<std::string> output_of(const std::vector<std::string>& words) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  const auto pid = start(words, writer.get());
  writer = UniqueFd();
  if (!pid) return std::nullopt;

  std::string output(k_max_output_bytes, '\0');
  const auto size = read_up_to(reader.get(), std::as_writable_bytes(std::span(output)), words[0]);
  reader = UniqueFd();
  if (!ends_well(*pid) || !size) return std::nullopt;
  output.resize(*size);
  return output;
}

}  // namespace vmcred::base
