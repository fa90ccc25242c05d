// SPDX-License-Identifier: Apache-2.0
// exec_timer RUNS COMMAND [ARGUMENT...]: runs a command that ends by executing clock_mark, and prints a line
// for each run: "NANOSECONDS KIBIBYTES", the time from just before the process is made to clock_mark's first
// instruction in main(), and the process' peak resident memory over its whole life, all of its programs and
// children included.
//
// Small and static on purpose. It costs little between two runs, and a child begins with its parent's peak:
// that of the memory it leaves behind at its own first exec.
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <optional>
#include <string_view>

namespace {

constexpr std::string_view k_mark = "vmcred-bench-mark ";
constexpr std::size_t k_max_output = 1024 * 1024;
char output[k_max_output + 1];

struct Measurement {
  long long nanoseconds;
  long peak_kib;
};

long long now_in_nanoseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

// All that the command wrote. A file in memory takes it, so that no reader runs beside the command.
std::string_view read_output(int fd) {
  const ssize_t result = ::pread(fd, output, k_max_output, 0);
  const std::size_t size = result < 0 ? 0 : static_cast<std::size_t>(result);
  output[size] = '\0';
  return {output, size};
}

std::optional<long long> time_of_mark(std::string_view text) {
  const auto mark = text.rfind(k_mark);
  if (mark == std::string_view::npos || text.find('\n', mark) == std::string_view::npos) return std::nullopt;
  return std::strtoll(text.data() + mark + k_mark.size(), nullptr, 10);
}

// Where a VMM has a terminal of its own, a process beside it copies what it writes, and may not be done yet.
std::optional<long long> wait_for_mark(int fd) {
  constexpr useconds_t k_pause_us = 1000;
  constexpr int k_most_tries = 1000;
  for (int i = 0; i < k_most_tries; ++i) {
    if (const auto mark = time_of_mark(read_output(fd))) return mark;
    ::usleep(k_pause_us);
  }
  return std::nullopt;
}

std::optional<Measurement> measure(char** command) {
  const int fd = ::memfd_create("output", MFD_CLOEXEC);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, fd, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, fd, STDERR_FILENO);

  pid_t child = 0;
  const long long start = now_in_nanoseconds();
  const int failure = ::posix_spawn(&child, command[0], &actions, nullptr, command, environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) {
    std::fprintf(stderr, "exec_timer: %s: %s\n", command[0], std::strerror(failure));
    return std::nullopt;
  }
  int status = 0;
  rusage usage{};
  while (::wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {}
  const auto end = wait_for_mark(fd);
  ::close(fd);
  if (status != 0 || !end) {
    std::fprintf(stderr, "exec_timer: %s ended with status %d and wrote:\n%s\n", command[0], status, output);
    return std::nullopt;
  }
  return Measurement{.nanoseconds = *end - start, .peak_kib = usage.ru_maxrss};
}

}  // namespace

int main(int argc, char** argv) {
  const int runs = argc < 3 ? 0 : std::atoi(argv[1]);
  if (runs < 1) {
    std::fprintf(stderr, "usage: exec_timer RUNS COMMAND [ARGUMENT...]\n");
    return 2;
  }
  for (int run = 0; run < runs; ++run) {
    const auto measurement = measure(argv + 2);
    if (!measurement) return 1;
    std::printf("%lld %ld\n", measurement->nanoseconds, measurement->peak_kib);
  }
  return 0;
}
