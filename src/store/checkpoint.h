// SPDX-License-Identifier: Apache-2.0
// Where a test may end the process: before each step that changes something on disk.
#pragma once

#include <atomic>

namespace vmcred::store {

// Called with the name of the step that comes next, on the thread that takes it. Null outside of tests.
using CheckpointHook = void (*)(const char* step);

inline std::atomic<CheckpointHook> g_checkpoint_hook = nullptr;

inline void checkpoint(const char* step) {
  if (const CheckpointHook hook = g_checkpoint_hook.load(std::memory_order_relaxed); hook != nullptr)
    hook(step);
}

}  // namespace vmcred::store
