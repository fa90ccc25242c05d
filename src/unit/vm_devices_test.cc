// SPDX-License-Identifier: Apache-2.0
#include "unit/vm_devices.h"

#include <gtest/gtest.h>

#include "unit/hidden_paths.h"

namespace vmcred::unit {
namespace {

Network network(std::vector<std::string> arguments) {
  config::VirtualMachine vm;
  vm.extra_args = std::move(arguments);
  return network_of(vm);
}

TEST(Network, IsWhatTheArgumentsAskFor) {
  EXPECT_EQ(network({}), Network::none);
  EXPECT_EQ(network({"-d", "guest_errors"}), Network::none);
  EXPECT_EQ(network({"-nic", "none"}), Network::none);
  EXPECT_EQ(network({"-netdev"}), Network::none);
  EXPECT_EQ(network({"-nic", "user"}), Network::host);
  EXPECT_EQ(network({"--netdev", "user,id=n"}), Network::host);
  EXPECT_EQ(network({"-netdev", "user,id=a", "-netdev", "tap,id=b"}), Network::tap);
  EXPECT_EQ(network({"-netdev", "bridge,id=b"}), Network::tap);
}

std::string hidden(std::vector<std::string_view> paths, std::vector<std::string> optional = {}) {
  systemd::UnitText text;
  return add_hidden_paths({std::move(paths), std::move(optional)}, text) ? std::move(text).take() : "failed";
}

TEST(HiddenPaths, ShowOnlyWhatIsNeeded) {
  using base::concat;
  constexpr std::string_view k_none = "# no path is below /home, /root or /run/user\n";
  EXPECT_EQ(hidden({"/boot/vmlinuz", "/homes/x"}), concat(k_none, "ProtectHome=yes\n"));
  EXPECT_EQ(hidden({"/boot/vmlinuz", "/tmp/initrd"}),
            concat(k_none, "ProtectHome=yes\nBindReadOnlyPaths=/tmp/initrd\n"));
  EXPECT_EQ(hidden({"/root/a%b"}),
            "# paths below /home, /root or /run/user: all but them is hidden there\nProtectHome=tmpfs\n"
            "BindReadOnlyPaths=/root/a%%b\n");
  EXPECT_EQ(hidden({"/root/a:b"}), "failed");
  EXPECT_EQ(hidden({"/tmp/a"}, {"/tmp/b", "/etc/c"}),
            concat(k_none, "ProtectHome=yes\nBindReadOnlyPaths=/tmp/a\nBindReadOnlyPaths=-/tmp/b\n"));
  EXPECT_EQ(hidden({"/boot/a:b c"}), concat(k_none, "ProtectHome=yes\n"));
}

}  // namespace
}  // namespace vmcred::unit
