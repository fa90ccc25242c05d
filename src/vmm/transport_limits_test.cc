// SPDX-License-Identifier: Apache-2.0
#include "vmm/transport_limits.h"

#include <gmock/gmock.h>

#include "support/machine.h"

namespace vmcred::vmm {
namespace {

using config::GuestSystemd;
using config::Hypervisor;
using config::Machine;
using config::Transport;

constexpr GuestSystemd k_unknown{};
constexpr GuestSystemd k_no_systemd{.kind = GuestSystemd::Kind::none, .version = 0};

constexpr GuestSystemd version(int number) {
  return {.kind = GuestSystemd::Kind::version, .version = number};
}

config::VirtualMachine machine(Machine kind, Transport transport, GuestSystemd systemd) {
  auto vm = test_support::machine(kind);
  vm.transport = transport;
  vm.guest_systemd = systemd;
  return vm;
}

// 64,000 bytes without the 1,024 + 160 that QEMU's own structures take for up to 16 GiB of memory.
constexpr std::size_t k_table = 62'816;

TEST(TransportLimitsTest, EachMachineHasTheTransportsThatItsHypervisorHasAndTheConfigAllows) {
  struct Row {
    Machine machine;
    Transport transport;
    bool smbios;
    std::size_t fw_cfg_items;  // 0: no fw_cfg
  };
  const Row rows[] = {
      {Machine::q35, Transport::automatic, true, 15},      {Machine::q35, Transport::smbios, true, 0},
      {Machine::q35, Transport::fw_cfg, false, 15},        {Machine::pc, Transport::automatic, true, 18},
      {Machine::pc, Transport::smbios, true, 0},           {Machine::pc, Transport::fw_cfg, false, 18},
      {Machine::microvm, Transport::automatic, false, 22}, {Machine::microvm, Transport::smbios, false, 0},
      {Machine::microvm, Transport::fw_cfg, false, 22},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(testing::Message() << "machine " << static_cast<int>(row.machine) << " transport "
                                    << static_cast<int>(row.transport));
    const auto limits = transport_limits(machine(row.machine, row.transport, k_unknown));
    EXPECT_EQ(limits.smbios.has_value(), row.smbios);
    EXPECT_EQ(limits.fw_cfg ? limits.fw_cfg->default_items : 0, row.fw_cfg_items);
    if (limits.fw_cfg) {
      EXPECT_EQ(limits.fw_cfg->name_bytes, 28U);
      EXPECT_EQ(limits.fw_cfg->most_items, 512U);
    }
    EXPECT_EQ(limits.credential_bytes, 1'048'576U);
    EXPECT_EQ(limits.total_bytes, 1'048'576U);
  }
}

TEST(TransportLimitsTest, AStructureIsOnePageUnlessTheGuestIsKnownToReadMore) {
  struct Row {
    const char* about;
    GuestSystemd systemd;
    std::size_t structure_bytes;
    std::size_t memory_pages;  // 0: no limit
  };
  const Row rows[] = {
      {"unknown", k_unknown, 4096, 256},   {"252", version(252), 4096, 0},
      {"253", version(253), 4096, 0},      {"254", version(254), 4096, 256},
      {"256", version(256), 4096, 256},    {"257", version(257), k_table, 256},
      {"262", version(262), k_table, 256}, {"none", k_no_systemd, k_table, 0},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.about);
    const auto limits = transport_limits(machine(Machine::q35, Transport::automatic, row.systemd));
    ASSERT_TRUE(limits.smbios);
    EXPECT_EQ(limits.smbios->structure_bytes, row.structure_bytes);
    EXPECT_EQ(limits.smbios->total_bytes, k_table);
    EXPECT_EQ(limits.memory_pages.value_or(0), row.memory_pages);
  }
}

TEST(TransportLimitsTest, TheMoreMemoryTheVmHasTheLessOfTheTableIsLeft) {
  struct Row {
    std::uint64_t mem_mib;
    std::size_t total_bytes;
  };
  const Row rows[] = {
      {1, k_table},
      {16'383, k_table},
      {16'384, k_table - 160},
      {32'767, k_table - 160},
      {32'768, k_table - 320},
      {1'048'576, k_table - 64 * 160UL},
  };
  for (const auto& row : rows) {
    auto vm = machine(Machine::pc, Transport::automatic, k_no_systemd);
    vm.mem_mib = row.mem_mib;
    const auto limits = transport_limits(vm);
    EXPECT_EQ(limits.smbios->total_bytes, row.total_bytes) << row.mem_mib << " MiB";
    EXPECT_EQ(limits.smbios->structure_bytes, row.total_bytes) << row.mem_mib << " MiB";
  }
}

TEST(TransportLimitsTest, CloudHypervisorHasOneStructureAndTheOthersHaveNone) {
  for (const auto hypervisor :
       {Hypervisor::cloud_hypervisor, Hypervisor::firecracker, Hypervisor::crosvm, Hypervisor::kvmtool,
        Hypervisor::stratovirt, Hypervisor::alioth, Hypervisor::vfkit}) {
    auto vm = machine(Machine::q35, Transport::automatic, k_unknown);
    vm.hypervisor = hypervisor;
    const auto limits = transport_limits(vm);
    EXPECT_FALSE(limits.fw_cfg);
    ASSERT_EQ(limits.smbios.has_value(), hypervisor == Hypervisor::cloud_hypervisor);
    if (!limits.smbios) continue;
    EXPECT_EQ(limits.smbios->most_structures, 1U);
    EXPECT_EQ(limits.smbios->structure_bytes, 4096U);
  }
}

}  // namespace
}  // namespace vmcred::vmm
