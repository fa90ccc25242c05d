// SPDX-License-Identifier: Apache-2.0
// One owner for one file descriptor.
#pragma once

#include <utility>

namespace vmcred::base {

// Closes the descriptor when it goes. Not convertible to bool or int, so that descriptor 0 can't be mistaken.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : m_fd(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) reset(std::exchange(other.m_fd, -1));
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(-1); }

  bool valid() const { return m_fd >= 0; }
  int get() const { return m_fd; }
  [[nodiscard]] int release() { return std::exchange(m_fd, -1); }

 private:
  void reset(int fd);

  int m_fd = -1;
};

}  // namespace vmcred::base
