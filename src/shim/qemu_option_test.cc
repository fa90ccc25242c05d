// SPDX-License-Identifier: Apache-2.0
#include "shim/qemu_option.h"

#include <gmock/gmock.h>

#include "support/bytes.h"

namespace vmcred::shim {
namespace {

using testing::ElementsAre;

std::vector<std::string> texts(std::string_view option) {
  std::vector<std::string> found;
  for (const auto& piece : split_qemu_option(option)) found.emplace_back(piece.text);
  return found;
}

TEST(QemuOptionTest, ADoubledCommaDoesNotEndAValue) {
  EXPECT_THAT(texts("opt/x,string=a,,b,file=c"), ElementsAre("opt/x", "string=a,,b", "file=c"));
  EXPECT_THAT(texts("a=1,,,b=2"), ElementsAre("a=1,,", "b=2"));
  EXPECT_THAT(texts("a=,b"), ElementsAre("a=", "b"));
  EXPECT_THAT(texts(""), ElementsAre());
}

TEST(QemuOptionTest, TheLastValueOfAKeyCounts) {
  const auto pieces = split_qemu_option("q35,acpi=off,acpi=on");
  EXPECT_EQ(qemu_value(pieces, "acpi"), "on");
  EXPECT_EQ(qemu_value(pieces, "type"), std::nullopt);
  EXPECT_EQ(qemu_value(pieces, ""), "q35");
}

TEST(QemuOptionTest, CommasOfAValueBecomeSingle) {
  const auto secret = secret_qemu_value("a,,b,,,,c");
  ASSERT_TRUE(secret);
  EXPECT_EQ(test_support::text_of(secret->bytes()), "a,b,,c");
  EXPECT_EQ(plain_qemu_value("a,,b,,,,c"), "a,b,,c");
}

}  // namespace
}  // namespace vmcred::shim
