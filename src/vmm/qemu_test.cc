// SPDX-License-Identifier: Apache-2.0
#include "vmm/qemu.h"

#include <gmock/gmock.h>
#include <algorithm>
#include <cstdlib>
#include <random>

#include "base/file.h"
#include "base/text.h"
#include "credential/oem_string.h"
#include "smbios/type11.h"
#include "support/machine.h"
#include "support/plan_text.h"
#include "vmm/transport_limits.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using config::Machine;
using config::Transport;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Outlines = std::vector<CredentialOutline>;

const HostFacts k_host{
    .program = "/usr/bin/qemu-system-x86_64", .runtime_directory = "/run/vmcred/test-vm", .kvm = true};

Outlines several(std::size_t count) {
  Outlines outlines;
  for (std::size_t i = 0; i < count; ++i)
    outlines.push_back({.name = test_support::credential_name(concat("c", i)), .size = 1});
  return outlines;
}

std::vector<std::string> texts(const LaunchPlan& plan) {
  std::vector<std::string> result;
  for (const auto& argument : plan.arguments) result.push_back(argument.text);
  return result;
}

TEST(PlanQemuTest, ThePlansAreTheGoldenOnes) {
  const Outlines outlines = {{.name = test_support::credential_name("API_KEY"), .size = 44},
                             {.name = test_support::credential_name("tls,key"), .size = 20'000},
                             {.name = test_support::credential_name("ENVIRONMENT"), .size = 4},
                             {.name = test_support::credential_name("EMPTY"), .size = 0}};
  struct Row {
    const char* file;
    Machine machine;
    bool kvm;
    std::optional<VsockBackEnd> vsock = std::nullopt;
  };
  const Row rows[] = {
      {"q35-kvm", Machine::q35, true},
      {"q35-tcg", Machine::q35, false},
      {"pc-kvm", Machine::pc, true},
      {"pc-tcg", Machine::pc, false},
      {"microvm-kvm", Machine::microvm, true},
      {"microvm-tcg", Machine::microvm, false},
      {"q35-vhost", Machine::q35, true, VsockBackEnd::vhost},
      {"q35-vhost-user", Machine::q35, false, VsockBackEnd::vhost_user},
      {"microvm-vhost", Machine::microvm, true, VsockBackEnd::vhost},
      {"microvm-vhost-user", Machine::microvm, false, VsockBackEnd::vhost_user},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.file);
    auto vm = test_support::machine(row.machine);
    vm.vcpu = 2;
    vm.mem_mib = 1024;
    vm.initrd = "/boot/initrd";
    vm.kernel_params = {"quiet", "panic=-1"};
    vm.extra_args = {"-device", "virtio-rng"};
    HostFacts host = k_host;
    host.kvm = row.kvm;
    host.vsock = row.vsock;
    if (row.vsock) vm.vsock_cid = 4242;
    const auto plan = plan_qemu(vm, outlines, host);
    ASSERT_TRUE(plan) << plan.error().what;
    const std::string path = concat(VMCRED_SOURCE_DIR "/src/vmm/testdata/", row.file, ".plan");
    if (std::getenv("UPDATE_GOLDEN") != nullptr) {
      ASSERT_TRUE(base::write_text_file_atomically(path, test_support::plan_text(*plan, outlines), 0644));
    }
    const auto golden = base::read_text_file(path, 64 * 1024);
    ASSERT_TRUE(golden) << golden.error().what << "; UPDATE_GOLDEN=1 writes it";
    EXPECT_EQ(test_support::plan_text(*plan, outlines), *golden) << "UPDATE_GOLDEN=1 rewrites it";
  }
}

TEST(PlanQemuTest, CommasInPathsAndNamesDoNotEndAnOption) {
  auto vm = test_support::machine(Machine::microvm);
  vm.kernel = "/boot/a,b";
  HostFacts host = k_host;
  host.runtime_directory = "/run/a,b,,c";
  host.vsock = VsockBackEnd::vhost_user;
  const auto plan = plan_qemu(vm, Outlines{{.name = test_support::credential_name("x,y"), .size = 1}}, host);
  ASSERT_TRUE(plan);
  const auto arguments = texts(*plan);
  EXPECT_THAT(arguments, Contains("socket,id=qmp,path=/run/a,,b,,,,c/qmp.sock,server=on,wait=off"));
  EXPECT_THAT(arguments, Contains("socket,id=report,path=/run/a,,b,,,,c/report.sock,server=on,wait=off"));
  EXPECT_THAT(arguments, Contains("socket,id=tty,path=/run/a,,b,,,,c/console.sock,server=on,wait=off"));
  EXPECT_THAT(arguments, Contains("socket,id=vsock,path=/run/a,,b,,,,c/vhost-vsock.sock"));
  EXPECT_THAT(arguments, Contains("name=opt/io.systemd.credentials/x,,y,file="));
  EXPECT_THAT(arguments, Contains("/boot/a,b"));  // an argument of its own, which QEMU does not split
}

TEST(PlanQemuTest, MoreFwCfgItemsThanAMachineHasSlotsAskForMore) {
  struct Row {
    Machine machine;
    std::size_t items;
    const char* global;  // nullptr: none
  };
  const Row rows[] = {
      {Machine::q35, 15, nullptr},     {Machine::q35, 16, "fw_cfg_io.x-file-slots=48"},
      {Machine::pc, 18, nullptr},      {Machine::pc, 19, "fw_cfg_io.x-file-slots=51"},
      {Machine::microvm, 22, nullptr}, {Machine::microvm, 23, "fw_cfg_io.x-file-slots=55"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(testing::Message() << "machine " << static_cast<int>(row.machine) << ", items "
                                    << row.items);
    auto vm = test_support::machine(row.machine);
    vm.transport = Transport::fw_cfg;
    const auto plan = plan_qemu(vm, several(row.items), k_host);
    ASSERT_TRUE(plan) << plan.error().what;
    const auto arguments = texts(*plan);
    EXPECT_EQ(std::ranges::count(arguments, "-fw_cfg"), static_cast<std::ptrdiff_t>(row.items));
    if (row.global == nullptr)
      EXPECT_THAT(arguments, Not(Contains("-global")));
    else
      EXPECT_THAT(arguments, AllOf(Contains("-global"), Contains(row.global)));
  }
}

TEST(PlanQemuTest, ErrorsNameTheVm) {
  auto vm = test_support::machine(Machine::microvm);
  vm.transport = Transport::smbios;
  const auto plan = plan_qemu(vm, several(2), k_host);
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().kind, base::ErrorKind::credential);
  EXPECT_THAT(plan.error().what, StartsWith("vm 'test-vm': credential 'c0' (1 byte) fits no transport"));
  ASSERT_EQ(plan.error().others.size(), 1U);
  EXPECT_THAT(plan.error().others.front().what, StartsWith("vm 'test-vm': credential 'c1'"));
}

TEST(PlanQemuTest, APortFromTheGuestIsAtAnAddressOfItsNetwork) {
  auto vm = test_support::machine();
  vm.interfaces = {{.id = "n", .mac = "02:00:00:00:00:01"}};
  vm.forwarded_ports = {{.from = config::ForwardedPort::From::guest, .host_port = 53, .guest_port = 5353}};
  EXPECT_THAT(texts(*plan_qemu(vm, {}, k_host)),
              Contains("user,id=net0,guestfwd=tcp:10.0.2.4:5353-tcp:127.0.0.1:53"));
}

TEST(PlanQemuTest, EveryVmIsShutOffFromItsHostAndLeavesNoCoreOfTheGuest) {
  for (const Machine kind : {Machine::q35, Machine::pc, Machine::microvm}) {
    const auto arguments = texts(*plan_qemu(test_support::machine(kind), {}, k_host));
    for (const auto* wanted : {"-nodefaults", "-no-user-config", "-no-reboot",
                               "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"})
      EXPECT_THAT(arguments, Contains(wanted));
    EXPECT_THAT(arguments, Contains(HasSubstr("dump-guest-core=off")));
  }
}

// A VM and a set as a user might come up with, small and large.
class RandomCase {
 public:
  explicit RandomCase(unsigned seed) : m_random(seed), vm(test_support::machine(pick_machine())) {
    vm.transport = pick({Transport::automatic, Transport::automatic, Transport::smbios, Transport::fw_cfg});
    using Kind = config::GuestSystemd::Kind;
    vm.guest_systemd = {.kind = pick({Kind::unknown, Kind::version, Kind::none}),
                        .version = static_cast<int>(250 + below(14))};
    vm.mem_mib = pick({64UL, 16'384UL, 65'536UL});
    const std::size_t count = below(pick({4UL, 40UL, 600UL}));
    const std::size_t largest = pick({50UL, 4'000UL, 40'000UL, 1'100'000UL}) / (count / 10 + 1);
    for (std::size_t i = 0; i < count; ++i)
      outlines.push_back({.name = test_support::credential_name(concat(i, std::string(1 + below(30), '_'))),
                          .size = below(largest + 1)});
  }

 private:
  std::size_t below(std::size_t end) { return m_random() % end; }
  template <typename T>
  T pick(std::initializer_list<T> choices) {
    return choices.begin()[below(choices.size())];
  }
  Machine pick_machine() { return pick({Machine::q35, Machine::pc, Machine::microvm}); }

  std::mt19937_64 m_random;

 public:
  config::VirtualMachine vm;
  Outlines outlines;
};

// Each credential in one file, each file as large as its content, in an argument of its own, and within the
// limits.
void check_plan(const LaunchPlan& plan, const RandomCase& given) {
  const auto limits = transport_limits(given.vm);
  std::vector<int> carried(given.outlines.size());
  std::vector<int> used(plan.files.size());
  for (const auto& argument : plan.arguments)
    if (argument.file) ++used.at(*argument.file);
  EXPECT_TRUE(std::ranges::all_of(used, [](int times) { return times == 1; }));

  std::size_t table_bytes = 0;
  std::size_t items = 0;
  std::vector<std::uint16_t> handles;
  for (const auto& file : plan.files) {
    for (const auto i : file.credentials) ++carried.at(i);
    if (file.content == PlannedFile::Content::credential) {
      ++items;
      ASSERT_EQ(file.credentials.size(), 1U);
      EXPECT_EQ(file.size, given.outlines[file.credentials.front()].size);
      EXPECT_LE(given.outlines[file.credentials.front()].name.text().size(),
                limits.fw_cfg.value().name_bytes);
      continue;
    }
    std::size_t text_bytes = 0;
    for (const auto i : file.credentials)
      text_bytes += credential::oem_string_length(given.outlines[i].name, given.outlines[i].size);
    EXPECT_EQ(file.size, smbios::oem_structure_size(file.credentials.size(), text_bytes));
    EXPECT_LE(file.size, limits.smbios.value().structure_bytes);
    EXPECT_THAT(file.credentials.size(), testing::AllOf(testing::Ge(1U), testing::Le(255U)));
    table_bytes += file.size;
    handles.push_back(file.smbios_handle);
  }
  EXPECT_TRUE(std::ranges::all_of(carried, [](int times) { return times == 1; }));
  EXPECT_LE(table_bytes, limits.smbios ? limits.smbios->total_bytes : 0);
  EXPECT_LE(items, limits.fw_cfg ? limits.fw_cfg->most_items : 0);
  EXPECT_EQ(std::ranges::adjacent_find(handles, std::greater_equal{}), handles.end());  // no handle twice
}

TEST(PlanQemuTest, EveryCredentialOfARandomSetIsCarriedOnceAndWhole) {
  std::size_t planned = 0;
  std::size_t refused = 0;
  for (unsigned seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const RandomCase given(seed);
    const auto plan = plan_qemu(given.vm, given.outlines, k_host);
    ++(plan ? planned : refused);
    if (plan) check_plan(*plan, given);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(planned, 50U);
  EXPECT_GT(refused, 50U);
}

}  // namespace
}  // namespace vmcred::vmm
