// SPDX-License-Identifier: Apache-2.0
// StratoVirt, whose options look like QEMU's. Source: stratovirt's util/src/arg_parser.rs and
// machine_manager/src/cmdline.rs.
#include <array>

#include "shim/dialect.h"

namespace vmcred::shim {
namespace {

constexpr std::array<std::string_view, 1> k_initrd{"-initrd"};
constexpr std::array<std::string_view, 1> k_kernel_parameters{"-append"};

}  // namespace

const Dialect k_stratovirt{.hypervisor = config::Hypervisor::stratovirt,
                           .program = "stratovirt",
                           .start_words = {},
                           .style = {},
                           .initrd = k_initrd,
                           .kernel_parameters = k_kernel_parameters};

}  // namespace vmcred::shim
