// SPDX-License-Identifier: Apache-2.0
#include "unit/vm_devices.h"

#include <gmock/gmock.h>

#include "unit/hidden_paths.h"
#include "unit/vm_storage.h"

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

std::string hidden(std::vector<std::string_view> paths, std::vector<std::string> optional = {},
                   std::vector<std::string> written = {}) {
  systemd::UnitText text;
  return add_hidden_paths({std::move(paths), std::move(optional), std::move(written)}, text)
             ? std::move(text).take()
             : "failed";
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

TEST(HiddenPaths, LetWriteWhatIsWritten) {
  using base::concat;
  constexpr std::string_view k_comment = "# volumes, shares: what it may write\n";
  constexpr std::string_view k_none = "# no path is below /home, /root or /run/user\n";
  EXPECT_EQ(hidden({"/boot/vmlinuz"}, {}, {"/srv/disk"}),
            concat(k_none, "ProtectHome=yes\n", k_comment, "ReadWritePaths=/srv/disk\n"));
  EXPECT_EQ(hidden({"/boot/vmlinuz"}, {}, {"/var/tmp/disk"}),
            concat(k_none, "ProtectHome=yes\n", k_comment, "BindPaths=/var/tmp/disk\n"));
  EXPECT_EQ(hidden({"/boot/vmlinuz"}, {}, {"/home/me/disk"}),
            "# paths below /home, /root or /run/user: all but them is hidden there\nProtectHome=tmpfs\n"
            "# volumes, shares: what it may write\nBindPaths=/home/me/disk\n");
}

config::Interface interface(config::Interface::Type type) {
  config::Interface made;
  made.type = type;
  return made;
}

Network network(std::vector<config::Interface> interfaces, std::vector<std::string> arguments) {
  config::VirtualMachine vm;
  vm.interfaces = std::move(interfaces);
  vm.extra_args = std::move(arguments);
  return network_of(vm);
}

TEST(Network, IsTheWidestOfInterfacesAndArguments) {
  using Type = config::Interface::Type;
  EXPECT_EQ(network({interface(Type::user)}, {}), Network::host);
  EXPECT_EQ(network({interface(Type::user), interface(Type::macvtap)}, {}), Network::tap);
  EXPECT_EQ(network({interface(Type::tap)}, {"-nic", "user"}), Network::tap);
  EXPECT_EQ(network({interface(Type::user)}, {"-nic", "tap"}), Network::tap);
}

std::string devices(const config::VirtualMachine& vm) {
  systemd::UnitText text;
  add_devices(vm, text);
  return std::move(text).take();
}

TEST(Devices, AreThoseThatTheConfigNames) {
  config::VirtualMachine vm;
  vm.accelerator = config::Accelerator::tcg;
  EXPECT_THAT(devices(vm), testing::HasSubstr("PrivateDevices=yes"));
  vm.interfaces = {interface(config::Interface::Type::macvtap)};
  vm.devices = {{.bus = config::Device::Bus::pci, .path = "0000:06:00.0"}};
  vm.volumes.resize(2);
  vm.volumes[0].image = "/dev/vg/disk";
  vm.volumes[1].image = "/srv/image";
  const std::string text = devices(vm);
  for (const std::string_view line : {"DevicePolicy=closed\n", "DeviceAllow=char-macvtap rw\n",
                                      "DeviceAllow=char-vfio rw\n", "DeviceAllow=/dev/vg/disk rw\n"})
    EXPECT_THAT(text, testing::HasSubstr(line));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("/srv/image")));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("DeviceAllow=/dev/kvm")));
}

TEST(Devices, ADiskThatIsOnlyReadMayOnlyBeRead) {
  config::VirtualMachine vm;
  vm.volumes.resize(4);
  vm.volumes[0] = {.image = "/dev/vg/base", .read_only = true};
  vm.volumes[1] = {.image = "/dev/vg/own"};
  vm.volumes[2] = {.image = "/dev/vg/both", .read_only = true};
  vm.volumes[3] = {.image = "/dev/vg/both"};
  const std::string text = devices(vm);
  for (const std::string_view line :
       {"DeviceAllow=/dev/vg/base r\n", "DeviceAllow=/dev/vg/own rw\n", "DeviceAllow=/dev/vg/both rw\n"})
    EXPECT_THAT(text, testing::HasSubstr(line));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("DeviceAllow=/dev/vg/both r\n")));
}

// libusb, by which QEMU opens them, begins by listening to the kernel's (or udev's) news of devices.
TEST(Devices, OfUsbNeedTheKernelsNews) {
  config::VirtualMachine vm;
  vm.devices = {{.bus = config::Device::Bus::usb, .path = "vendorid=0x0bda,productid=0x8153"}};
  EXPECT_THAT(devices(vm), testing::HasSubstr("RestrictAddressFamilies=AF_UNIX AF_NETLINK\n"));
  vm.interfaces = {interface(config::Interface::Type::user)};
  EXPECT_THAT(devices(vm),
              testing::HasSubstr("RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\n"));
}

// The directory that an image is made in may be written, but not the whole host.
TEST(Storage, OfAnImageDirectlyInTheRootIsTheImage) {
  config::VirtualMachine vm;
  vm.volumes.resize(2);
  vm.volumes[0] = {.image = "/disk.img", .size_mib = 64};
  vm.volumes[1] = {.image = "/srv/disk.img", .size_mib = 64};
  EXPECT_THAT(written_storage_of(vm), testing::ElementsAre("/disk.img", "/srv"));
}

TEST(Devices, OfTheKernelsVhostAreAGroups) {
  config::VirtualMachine vm;
  vm.accelerator = config::Accelerator::tcg;
  vm.interfaces = {interface(config::Interface::Type::tap)};
  EXPECT_THAT(devices(vm), testing::Not(testing::HasSubstr("SupplementaryGroups=")));
  vm.interfaces[0].vhost = true;
  EXPECT_THAT(devices(vm), testing::HasSubstr("SupplementaryGroups=kvm\n"));
}

}  // namespace
}  // namespace vmcred::unit
