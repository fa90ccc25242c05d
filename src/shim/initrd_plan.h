// SPDX-License-Identifier: Apache-2.0
// Credentials in the initrd: the way that every hypervisor can go. docs/formats/initrd.md has the bytes.
#pragma once

#include <string>

#include "base/result.h"
#include "shim/dialect.h"

namespace vmcred::shim {

// All credentials appended to this initrd.
vmm::PlannedFile planned_initrd(std::string initrd, std::string next_init, Outlines outlines);

// A usage error: the command line says nothing of `what`, and there is no other way.
base::Error lacks(std::string_view program, std::string_view what);

// The words as a plan, with the initrd's path and the kernel parameters exchanged. Fails with a usage error
// where the command line names no initrd, or two.
base::Result<vmm::LaunchPlan> plan_with_initrd(const Dialect& dialect, const StrippedLine& line,
                                               Outlines outlines);

// The words as they are.
vmm::LaunchPlan plan_as_it_is(std::span<const std::string> words);

}  // namespace vmcred::shim
