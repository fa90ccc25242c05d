// SPDX-License-Identifier: Apache-2.0
// crosvm run. Source: crosvm's src/main.rs and src/crosvm/cmdline.rs.
#include <array>

#include "shim/dialect.h"

namespace vmcred::shim {
namespace {

constexpr std::array<std::string_view, 1> k_start_words{"run"};
constexpr std::array<std::string_view, 2> k_initrd{"--initrd", "-i"};
constexpr std::array<std::string_view, 2> k_kernel_parameters{"--params", "-p"};

}  // namespace

const Dialect k_crosvm{.hypervisor = config::Hypervisor::crosvm,
                       .program = "crosvm",
                       .start_words = k_start_words,
                       .style = {.long_equals = true, .short_equals = true},
                       .initrd = k_initrd,
                       .kernel_parameters = k_kernel_parameters,
                       .joins_kernel_parameters = true};

}  // namespace vmcred::shim
