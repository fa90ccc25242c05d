// SPDX-License-Identifier: Apache-2.0
// lkvm run. Source: kvmtool's builtin-run.c and util/parse-options.c.
#include <array>

#include "shim/dialect.h"

namespace vmcred::shim {
namespace {

constexpr std::array<std::string_view, 1> k_start_words{"run"};
constexpr std::array<std::string_view, 2> k_initrd{"--initrd", "-i"};
constexpr std::array<std::string_view, 2> k_kernel_parameters{"--params", "-p"};

}  // namespace

const Dialect k_kvmtool{.hypervisor = config::Hypervisor::kvmtool,
                        .program = "lkvm",
                        .start_words = k_start_words,
                        .style = {.long_equals = true, .short_attached = true},
                        .initrd = k_initrd,
                        .kernel_parameters = k_kernel_parameters};

}  // namespace vmcred::shim
