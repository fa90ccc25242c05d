// SPDX-License-Identifier: Apache-2.0
// Credentials in the initrd: the way that every hypervisor can go. docs/formats/initrd.md has the bytes.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "shim/dialect.h"

namespace vmcred::shim {

// All credentials appended to this initrd.
vmm::PlannedFile planned_initrd(std::string initrd, std::string next_init, Outlines outlines);

// A usage error: the command line says nothing of `what`, and there is no other way.
base::Error lacks(std::string_view program, std::string_view what, std::string_view hint);
inline constexpr std::string_view k_needs_initrd = "give the guest an initrd; microvm.nix always does";

// A usage error: the option stands there more than once, and hypervisors differ in which one they take.
base::Error given_twice(std::string_view program, std::string_view option);

// The words as a plan, with the initrd's path and the kernel parameters exchanged. Fails with a usage error
// where the command line names no initrd, or two.
base::Result<vmm::LaunchPlan> plan_with_initrd(const Dialect& dialect, const StrippedLine& line,
                                               Outlines outlines);

// The plan of any dialect. A `credential` error where the set is larger than a guest takes.
base::Result<vmm::LaunchPlan> plan_by_initrd(const Dialect& dialect, const StrippedLine& line,
                                             Outlines outlines);

// The words as they are.
vmm::LaunchPlan plan_as_it_is(std::span<const std::string> words);

}  // namespace vmcred::shim
