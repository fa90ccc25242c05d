// SPDX-License-Identifier: Apache-2.0
// alioth boot, which was called run. Source: alioth's alioth-cli/src/boot/boot.rs.
#include <array>

#include "shim/dialect.h"

namespace vmcred::shim {
namespace {

constexpr std::array<std::string_view, 2> k_start_words{"run", "boot"};
constexpr std::array<std::string_view, 2> k_initrd{"--initramfs", "-i"};
constexpr std::array<std::string_view, 3> k_kernel_parameters{"--cmdline", "--cmd-line", "-c"};

}  // namespace

const Dialect k_alioth{.hypervisor = config::Hypervisor::alioth,
                       .program = "alioth",
                       .start_words = k_start_words,
                       .style = {.long_equals = true, .short_equals = true, .short_attached = true},
                       .initrd = k_initrd,
                       .kernel_parameters = k_kernel_parameters};

}  // namespace vmcred::shim
