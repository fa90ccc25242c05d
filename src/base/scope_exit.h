// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

namespace vmcred::base {

// Runs `action` when the scope ends, whichever way it ends. The action must not throw.
template <typename Action>
class [[nodiscard]] ScopeExit {
 public:
  explicit ScopeExit(Action action) : m_action(std::move(action)) {}
  ScopeExit(const ScopeExit&) = delete;
  ScopeExit& operator=(const ScopeExit&) = delete;
  ScopeExit(ScopeExit&&) = delete;
  ScopeExit& operator=(ScopeExit&&) = delete;
  ~ScopeExit() { m_action(); }

 private:
  Action m_action;
};

}  // namespace vmcred::base
