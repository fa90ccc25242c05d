// SPDX-License-Identifier: Apache-2.0
#include "base/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "base/file.h"
#include "base/scope_exit.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace vmcred::base {
namespace {

constexpr std::size_t k_max_output_bytes = 4096;

std::vector<char*> terminated(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const auto& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

Result<UniqueFd> memory_file(std::string_view content) {
  UniqueFd file(::memfd_create("program", MFD_CLOEXEC));
  if (!file.valid()) return errno_error("memory file");
  VMCRED_TRY(write_all(file.get(), std::as_bytes(std::span(content)), "memory file"));
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return errno_error("memory file");
  return file;
}

Result<std::string> content_of(const UniqueFd& file) {
  struct stat status{};
  if (::fstat(file.get(), &status) != 0 || ::lseek(file.get(), 0, SEEK_SET) != 0)
    return errno_error("memory file");
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  VMCRED_TRY_ASSIGN(const std::size_t size,
                    read_up_to(file.get(), std::as_writable_bytes(std::span(content)), "memory file"));
  content.resize(size);
  return content;
}

}  // namespace

Error become_program(const std::string& path, const std::vector<std::string>& words) {
  ::execv(path.c_str(), terminated(words).data());
  return errno_error(path);
}

Result<pid_t> start_program(const ProgramCall& call, const ProgramStreams& streams) {
  const std::vector<char*> argv = terminated(call.words);
  const std::vector<char*> environment =
      call.environment ? terminated(*call.environment) : std::vector<char*>();
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  const ScopeExit destroy([&] { ::posix_spawn_file_actions_destroy(&actions); });
  ::posix_spawn_file_actions_adddup2(&actions, streams.input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, streams.output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, streams.errors, STDERR_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  pid_t pid = 0;
  const int failure = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(),
                                     call.environment ? environment.data() : environ);
  if (failure != 0)
    return Error{.kind = ErrorKind::host,
                 .what = concat("can't run ", quoted(call.words[0]), ": ", errno_text(failure)),
                 .hint = concat("install ", call.words[0], ", or add its directory to $PATH")};
  return pid;
}

Result<int> wait_for_program(pid_t program, std::string_view name) {
  int status = 0;
  while (::waitpid(program, &status, 0) < 0)
    if (errno != EINTR) return errno_error(name);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Result<ProgramOutcome> run_program(const ProgramCall& call) {
  VMCRED_TRY_ASSIGN(const UniqueFd input, memory_file(call.input));
  VMCRED_TRY_ASSIGN(const UniqueFd output, memory_file(""));
  VMCRED_TRY_ASSIGN(const UniqueFd errors, memory_file(""));
  VMCRED_TRY_ASSIGN(const pid_t program, start_program(call, {input.get(), output.get(), errors.get()}));
  VMCRED_TRY_ASSIGN(const int exit_code, wait_for_program(program, call.words[0]));
  ProgramOutcome outcome{.exit_code = exit_code, .output = {}, .errors = {}};
  VMCRED_TRY_ASSIGN(outcome.output, content_of(output));
  VMCRED_TRY_ASSIGN(outcome.errors, content_of(errors));
  return outcome;
}

bool is_program(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

std::string find_on_path(std::string_view name) {
  const char* variable = std::getenv("PATH");
  std::string_view rest = variable == nullptr ? "/usr/bin:/bin" : variable;
  while (!rest.empty()) {
    const auto directory = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), directory.size() + 1));
    // A relative entry would let the current directory decide what runs.
    if (!directory.starts_with('/')) continue;
    if (const auto path = concat(directory, "/", name); is_program(path)) return path;
  }
  return {};
}

std::optional<std::string> output_of(const std::vector<std::string>& words,
                                     const std::optional<std::vector<std::string>>& environment) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return std::nullopt;
  UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  const auto nothing = open_file("/dev/null", O_RDWR);
  if (!nothing) return std::nullopt;
  const auto program = start_program({.words = words, .environment = environment},
                                     {nothing->get(), writer.get(), nothing->get()});
  writer = UniqueFd();
  if (!program) return std::nullopt;

  std::string output(k_max_output_bytes, '\0');
  const auto size = read_up_to(reader.get(), std::as_writable_bytes(std::span(output)), words[0]);
  reader = UniqueFd();
  const auto exit_code = wait_for_program(*program, words[0]);
  if (!size || !exit_code || *exit_code != 0) return std::nullopt;
  output.resize(*size);
  return output;
}

}  // namespace vmcred::base
