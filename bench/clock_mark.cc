// SPDX-License-Identifier: Apache-2.0
// clock_mark: prints "vmcred-bench-mark NANOSECONDS CYCLES CREDENTIALS" and ends.
//
// It stands in for a VMM, so that a runner can be timed up to its exec, and in a guest it tells how far the
// boot is. NANOSECONDS are CLOCK_MONOTONIC and CYCLES the processor's time stamp counter, both taken first of
// all; CREDENTIALS is the number of files in $CREDENTIALS_DIRECTORY.
//
// clock_mark --touch-mib N writes to that much memory, then executes itself without arguments: a runner whose
// peak memory is known, which checks the way in which peaks are measured.
#include <dirent.h>
#include <sys/mman.h>
#include <unistd.h>
#include <x86intrin.h>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>

namespace {

int count_credentials() {
  const char* path = std::getenv("CREDENTIALS_DIRECTORY");
  DIR* directory = path == nullptr ? nullptr : ::opendir(path);
  if (directory == nullptr) return 0;
  int count = 0;
  while (const dirent* entry = ::readdir(directory))
    if (entry->d_name[0] != '.') ++count;
  ::closedir(directory);
  return count;
}

int touch_memory_and_start_over(const char* mib, char* self) {
  const std::size_t size = std::strtoull(mib, nullptr, 10) * 1024 * 1024;
  void* memory =
      ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (memory == MAP_FAILED) return 1;
  char* arguments[] = {self, nullptr};
  ::execv(self, arguments);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const unsigned long long cycles = __rdtsc();
  if (argc == 3 && std::string_view(argv[1]) == "--touch-mib")
    return touch_memory_and_start_over(argv[2], argv[0]);
  const long long nanoseconds = now.tv_sec * 1'000'000'000LL + now.tv_nsec;
  std::printf("vmcred-bench-mark %lld %llu %d\n", nanoseconds, cycles, count_credentials());
  return 0;
}
