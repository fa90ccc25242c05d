// SPDX-License-Identifier: Apache-2.0
// PID 1 of a guest until its credentials are in place: the shim of docs/formats/initrd.md.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace vmcred::guest {

// Is it the kernel that starts this program, as what the initrd names?
bool is_started_as_init(std::string_view program);

// Takes the credentials out of the initrd and becomes its own init, which gets the arguments. On any failure
// the machine restarts: no guest shall start without its credentials.
[[noreturn]] void run_as_init(std::span<const std::string> arguments);

}  // namespace vmcred::guest
