// SPDX-License-Identifier: Apache-2.0
// What another room finds about a VM stands where the config says it.
#include <gtest/gtest.h>

#include "base/text.h"
#include "config/load.h"

namespace vmcred::config {
namespace {

constexpr std::string_view k_text = R"([vms.a]
kernel = "k"
graphics = true
vsock.cid = 3
shares = [
  { tag = "s", source = "/s" },
  { tag = "t", source = "/t" },
]
[[vms.a.volumes]]
image = "i"
[[vms.a.volumes]]
image = "j"
read_only = true
[vms.a.balloon]
initial = 1
)";

// The key comes from the config, so that each test can point where it likes.
std::vector<VmFinding> check_at_process_name(const VirtualMachine& vm) {
  if (vm.process_name.empty()) return {};
  return {{.key = vm.process_name, .sentence = "crosvm lacks it", .hint = "leave it out"}};
}

std::string place_of(std::string_view key) {
  std::string text(k_text);
  text.insert(text.find("graphics"), base::concat("process_name = '", key, "'\n"));
  const auto config = parse("x.toml", text, check_at_process_name);
  if (config) return "none";
  EXPECT_EQ(config.error().hint, "leave it out");
  EXPECT_EQ(config.error().kind, base::ErrorKind::config);
  return config.error().what;
}

TEST(VmCheck, PointsToTheKey) {
  EXPECT_EQ(place_of("graphics"), "x.toml:4:12: crosvm lacks it");
  EXPECT_EQ(place_of("vsock.cid"), "x.toml:5:13: crosvm lacks it");
  EXPECT_EQ(place_of("shares[1]"), "x.toml:8:3: crosvm lacks it");
  EXPECT_EQ(place_of("shares[1].source"), "x.toml:8:25: crosvm lacks it");
  EXPECT_EQ(place_of("volumes[1].read_only"), "x.toml:14:13: crosvm lacks it");
  EXPECT_EQ(place_of("balloon.initial"), "x.toml:16:11: crosvm lacks it");
}

TEST(VmCheck, PointsToWhatLacksAnAbsentKey) {
  EXPECT_EQ(place_of("hugepages"), "x.toml:1:6: crosvm lacks it");
  EXPECT_EQ(place_of("vsock.device"), "x.toml:5:1: crosvm lacks it");
  EXPECT_EQ(place_of("shares[1].cache"), "x.toml:8:3: crosvm lacks it");
  for (const char* odd : {"shares[2]", "shares[", "shares[x", "shares[-1]", "shares."})
    EXPECT_EQ(place_of(odd), "x.toml:6:10: crosvm lacks it") << odd;
  EXPECT_EQ(place_of("."), "x.toml:1:6: crosvm lacks it");
}

TEST(VmCheck, AsksOnlyAboutAVmThatIsWellOtherwise) {
  const auto config = parse("x.toml",
                            "vms.a = { kernel = 'k', process_name = 'kernel', vcpu = 0 }\n"
                            "vms.b = { kernel = 'k', process_name = 'kernel' }",
                            check_at_process_name);
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().what, "x.toml:1:57: 'vcpu' must be from 1 to 255");
  ASSERT_EQ(config.error().others.size(), 1U);
  EXPECT_EQ(config.error().others[0].what, "x.toml:2:20: crosvm lacks it");
}

TEST(VmCheck, BreaksThatVmAlone) {
  const auto loaded = parse_for_units("x.toml",
                                      "vms.a = { kernel = 'k', process_name = 'kernel' }\n"
                                      "vms.b = { kernel = 'k' }",
                                      check_at_process_name);
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->config.vms.size(), 1U);
  EXPECT_EQ(loaded->config.vms[0].name, "b");
  ASSERT_EQ(loaded->broken.size(), 1U);
  EXPECT_EQ(loaded->broken[0].error.what, "x.toml:1:20: crosvm lacks it");
}

TEST(VmCheck, IsAskedByNobodyUnlessGiven) {
  EXPECT_TRUE(parse("x.toml", "vms.a = { kernel = 'k', process_name = 'kernel' }"));
}

}  // namespace
}  // namespace vmcred::config
