// SPDX-License-Identifier: Apache-2.0
#include "guest/kernel_command_line.h"

#include <gtest/gtest.h>

namespace vmcred::guest {
namespace {

TEST(KernelCommandLineTest, FindsTheLastValueOfAWholeName) {
  const auto find = [](std::string_view text) { return find_kernel_parameter(text, "vmcred.pull"); };
  EXPECT_EQ(find("quiet vmcred.pull=mmds\n"), "mmds");
  EXPECT_EQ(find("vmcred.pull=vsock:1 vmcred.pull=vsock:2"), "vsock:2");
  EXPECT_EQ(find("vmcred.pull="), "");
  EXPECT_EQ(find(""), std::nullopt);
  EXPECT_EQ(find("  \n"), std::nullopt);
  EXPECT_EQ(find("vmcred.pull vmcred.pulled=1 xvmcred.pull=2"), std::nullopt);
}

}  // namespace
}  // namespace vmcred::guest
