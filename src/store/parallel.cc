// SPDX-License-Identifier: Apache-2.0
#include "store/parallel.h"

#include <sched.h>
#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace vmcred::store {
namespace {

// Those that this process may use: a container often has fewer than the machine.
std::size_t usable_cores() {
  cpu_set_t cores;
  if (::sched_getaffinity(0, sizeof cores, &cores) != 0)
    return std::max(1U, std::thread::hardware_concurrency());
  return static_cast<std::size_t>(std::max(1, CPU_COUNT(&cores)));
}

class Work {
 public:
  Work(std::size_t count, const std::function<base::Result<void>(std::size_t)>& work)
      : m_count(count), m_work(work) {}

  void run() {
    while (!m_failed.load(std::memory_order_relaxed)) {
      const std::size_t index = m_next.fetch_add(1);
      if (index >= m_count) return;
      if (auto result = m_work(index); !result) remember(index, std::move(result).error());
    }
  }

  base::Result<void> result() && {
    if (m_error) return *std::move(m_error);
    return {};
  }

 private:
  void remember(std::size_t index, base::Error error) {
    const std::lock_guard lock(m_mutex);
    m_failed = true;
    if (m_error && m_error_index < index) return;
    m_error = std::move(error);
    m_error_index = index;
  }

  std::size_t m_count;
  const std::function<base::Result<void>(std::size_t)>& m_work;
  std::atomic<std::size_t> m_next = 0;
  std::atomic<bool> m_failed = false;
  std::mutex m_mutex;
  std::optional<base::Error> m_error;
  std::size_t m_error_index = 0;
};

}  // namespace

base::Result<void> in_parallel(std::size_t count,
                               const std::function<base::Result<void>(std::size_t)>& work) {
  Work shared(count, work);
  {
    std::vector<std::jthread> helpers;
    try {
      for (std::size_t i = 1; i < std::min(usable_cores(), count); ++i)
        helpers.emplace_back([&shared] { shared.run(); });
    } catch (const std::system_error&) {
      // No more threads to be had: those that there are do the work.
    }
    shared.run();
  }
  return std::move(shared).result();
}

}  // namespace vmcred::store
