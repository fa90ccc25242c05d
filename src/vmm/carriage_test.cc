// SPDX-License-Identifier: Apache-2.0
#include "vmm/carriage.h"

#include <gmock/gmock.h>

#include "support/machine.h"
#include "vmm/capability.h"
#include "vmm/kernel_line.h"
#include "vmm/sockets.h"

namespace vmcred::vmm {
namespace {

using config::Hypervisor;
using config::Machine;
using config::Transport;
using testing::HasSubstr;

std::vector<CredentialOutline> small_set() {
  return {{.name = test_support::credential_name("A"), .size = 1}};
}

TEST(ChooseCarriageTest, EachHypervisorTakesItsFirstTransport) {
  for (const auto& row : capabilities()) {
    auto vm = test_support::machine(row.machine);
    vm.hypervisor = row.hypervisor;
    vm.initrd = "/boot/initrd";
    const auto carriage = choose_carriage(vm, small_set());
    ASSERT_TRUE(carriage) << carriage.error().what;
    const bool is_firmware =
        row.hypervisor == Hypervisor::qemu || row.hypervisor == Hypervisor::cloud_hypervisor;
    EXPECT_EQ(carriage->transport, is_firmware ? Transport::smbios : row.transports.front().transport);
    EXPECT_EQ(is_fetched(vm), row.hypervisor == Hypervisor::vfkit);
  }
}

// A name that fw_cfg does not take, in a value that SMBIOS does not.
std::vector<CredentialOutline> set_for_no_firmware() {
  return {{.name = test_support::credential_name(std::string(40, 'n')), .size = 10'000}};
}

TEST(ChooseCarriageTest, WhatNoFirmwareCarriesGoesByTheInitrd) {
  auto vm = test_support::machine(Machine::q35);
  vm.initrd = "/boot/initrd";
  const auto carriage = choose_carriage(vm, set_for_no_firmware());
  ASSERT_TRUE(carriage) << carriage.error().what;
  EXPECT_EQ(carriage->transport, Transport::initrd);
}

TEST(ChooseCarriageTest, WithoutAnInitrdTheErrorsAreThoseOfTheFirmwareAndAskForOne) {
  const auto carriage = choose_carriage(test_support::machine(Machine::q35), set_for_no_firmware());
  ASSERT_FALSE(carriage);
  EXPECT_THAT(carriage.error().what, HasSubstr("fits no transport"));
  EXPECT_THAT(carriage.error().hint, HasSubstr("give the VM an 'initrd'"));
}

TEST(ChooseCarriageTest, ANameThatAnInitrdsFileCannotHaveIsRefusedWhereTheGuestImportsByItself) {
  auto vm = test_support::machine(Machine::q35);
  vm.initrd = "/boot/initrd";
  vm.transport = Transport::initrd;
  const auto carry = [&](std::size_t name_bytes) {
    return choose_carriage(
        vm, std::vector{CredentialOutline{.name = test_support::credential_name(std::string(name_bytes, 'n')),
                                          .size = 1}});
  };
  EXPECT_TRUE(carry(255));  // the shim has its own way
  vm.guest_systemd = {.kind = config::GuestSystemd::Kind::version, .version = 262};
  EXPECT_TRUE(carry(250));
  const auto refused = carry(251);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, base::ErrorKind::credential);
  EXPECT_THAT(refused.error().what, HasSubstr(std::string(251, 'n')));
  EXPECT_THAT(refused.error().hint, HasSubstr("'credential = "));
}

TEST(ChooseCarriageTest, AForcedTransportIsNeverLeft) {
  auto vm = test_support::machine(Machine::q35);
  vm.initrd = "/boot/initrd";
  vm.transport = Transport::smbios;
  EXPECT_FALSE(choose_carriage(vm, set_for_no_firmware()));
}

TEST(ChooseCarriageTest, TheGuestsOwnLimitsHoldForEveryTransport) {
  for (const auto& row : capabilities())
    for (const auto& way : row.transports) {
      auto vm = test_support::machine(row.machine);
      vm.hypervisor = row.hypervisor;
      vm.initrd = "/boot/initrd";
      vm.transport = way.transport;
      vm.guest_systemd = {.kind = config::GuestSystemd::Kind::none};
      const bool has_limit_of_its_own = way.transport == Transport::smbios;
      for (const std::size_t size : {1'048'576UL, 1'048'577UL}) {
        const std::vector outlines = {
            CredentialOutline{.name = test_support::credential_name("A"), .size = size}};
        EXPECT_EQ(choose_carriage(vm, outlines).has_value(), size == 1'048'576 && !has_limit_of_its_own)
            << row_name(row) << " " << size;
      }
    }
}

TEST(KernelLineTest, TheShimTakesThePlaceOfTheConfigsFirstProgram) {
  auto vm = test_support::machine();
  vm.kernel_params = {"a=\"b rdinit=/no\" rdinit=/one", "rdinit=/two", "quiet"};
  const HostFacts host{.program = "", .runtime_directory = "", .kvm = true};
  EXPECT_EQ(next_init(vm), "/two");
  EXPECT_EQ(kernel_line(vm, host, Transport::initrd),
            "console=ttyS0 reboot=t panic=-1 rdinit=/.vmcred/init a=\"b rdinit=/no\" quiet");
  vm.kernel_params = {};
  EXPECT_EQ(next_init(vm), "/init");
}

TEST(KernelLineTest, AnEmptyFirstProgramIsTheKernelsOwn) {
  auto vm = test_support::machine();
  vm.kernel_params = {"rdinit=/one rdinit=", "quiet"};
  const HostFacts host{.program = "", .runtime_directory = "", .kvm = true};
  EXPECT_EQ(next_init(vm), "/init");
  EXPECT_EQ(kernel_line(vm, host, Transport::initrd),
            "console=ttyS0 reboot=t panic=-1 rdinit=/.vmcred/init quiet");
  vm.kernel_params = {"rdinit=\"/one two\"", "quiet"};
  EXPECT_EQ(next_init(vm), "/one two");
  vm.kernel_params = {"\"rdinit=/one two\"", "quiet"};
  EXPECT_EQ(next_init(vm), "/one two");
  EXPECT_EQ(kernel_line(vm, host, Transport::initrd),
            "console=ttyS0 reboot=t panic=-1 rdinit=/.vmcred/init quiet");
}

TEST(ChooseCarriageTest, AFirstProgramThatIsNoAbsolutePathGoesBehindNoShim) {
  auto vm = test_support::machine();
  vm.initrd = "/boot/initrd";
  vm.kernel_params = {"rdinit=bin/init"};
  EXPECT_TRUE(choose_carriage(vm, small_set()));  // by SMBIOS, and the kernel takes it
  const auto carriage = choose_carriage(vm, set_for_no_firmware());
  ASSERT_FALSE(carriage);
  EXPECT_EQ(carriage.error().kind, base::ErrorKind::config);
  EXPECT_THAT(carriage.error().what,
              HasSubstr("'rdinit=' in 'kernel_params' is no absolute path: 'bin/init'"));
  vm.guest_systemd = {.kind = config::GuestSystemd::Kind::version, .version = 262};
  EXPECT_TRUE(choose_carriage(vm, set_for_no_firmware()));
}

TEST(KernelLineTest, EachBackEndHasItsPort) {
  auto vm = test_support::machine();
  vm.vsock_cid = 7;
  EXPECT_EQ(credentials_port(vm, VsockBackEnd::built_in), 9998U);
  EXPECT_EQ(credentials_port(vm, VsockBackEnd::vhost_user), 9998U);
  EXPECT_EQ(credentials_port(vm, VsockBackEnd::vhost), 0x75FFFFF9U);
}

// The kernel's ports are one space for all guests, and a CID is any number of 32 bits.
TEST(KernelLineTest, NoTwoVmsHaveOnePort) {
  auto vm = test_support::machine();
  vm.transport = Transport::vsock;
  const HostFacts by_kernel{
      .program = "", .runtime_directory = "", .kvm = true, .vsock = VsockBackEnd::vhost};
  const HostFacts by_program{
      .program = "", .runtime_directory = "", .kvm = true, .vsock = VsockBackEnd::vhost_user};
  for (const std::uint32_t cid : {3U, 0x00FFFFFFU, 0x01000007U, 0x75000000U}) {
    vm.vsock_cid = cid;
    EXPECT_TRUE(check_credentials_port(vm, by_kernel));
    const std::uint32_t port = credentials_port(vm, VsockBackEnd::vhost);
    EXPECT_LT(port, k_vhost_ports) << "above are notifications";
    EXPECT_GE(port, 0x01000000U);
  }
  for (const std::uint32_t cid : {0x75000001U, 0x88FFFFFFU, 0xFFFFFFFEU}) {
    vm.vsock_cid = cid;
    const auto none = check_credentials_port(vm, by_kernel);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().kind, base::ErrorKind::host);
    EXPECT_TRUE(check_credentials_port(vm, by_program));
  }
}

TEST(CapabilityTest, AnInterfaceHasAQueueForEachCpuWhereTheHypervisorCan) {
  auto vm = test_support::machine();
  vm.vcpu = 4;
  EXPECT_EQ(queue_pairs(vm), 4U);
  vm.hypervisor = Hypervisor::firecracker;
  EXPECT_EQ(queue_pairs(vm), 1U);
}

}  // namespace
}  // namespace vmcred::vmm
