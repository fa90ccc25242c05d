// SPDX-License-Identifier: Apache-2.0
#include "vmm/kernel_line.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "credential/initrd_segment.h"
#include "credential/name.h"
#include "credential/pull.h"
#include "vmm/capability.h"
#include "vmm/carriage.h"
#include "vmm/sockets.h"
#include "vmm/transport_limits.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using config::Transport;
using config::VirtualMachine;

constexpr std::string_view k_rdinit = "rdinit=";

// The first systemd that takes credentials out of its initrd.
constexpr int k_first_systemd_with_initrd_credentials = 262;

constexpr std::uint32_t k_own_credentials_port = 9998;

// Below that the ports are too near to those of others.
constexpr std::uint32_t k_most_vhost_cid = 0x75000000;
static_assert(k_most_vhost_cid < k_vhost_ports);

// One for each parameter, as the kernel splits them: at spaces outside of double quotes.
std::vector<std::string> words_of(const std::vector<std::string>& params) {
  std::vector<std::string> words(1);
  bool is_quoted = false;
  for (const char c : base::join(params, " ")) {
    if (c == '"') is_quoted = !is_quoted;
    if (c == ' ' && !is_quoted)
      words.emplace_back();
    else
      words.back() += c;
  }
  std::erase(words, "");
  return words;
}

credential::PullSource pull_source(const VirtualMachine& vm, const HostFacts& host, Transport transport) {
  using Channel = credential::PullSource::Channel;
  if (transport == Transport::mmds) return {.channel = Channel::mmds};
  if (transport == Transport::virtio_serial) return {.channel = Channel::virtio_serial};
  return {.channel = Channel::vsock,
          .vsock_port = credentials_port(vm, host.vsock.value_or(VsockBackEnd::built_in))};
}

std::string fetch_parameter(const VirtualMachine& vm, const HostFacts& host, Transport transport) {
  return concat(credential::k_pull_parameter, "=",
                credential::pull_source_text(pull_source(vm, host, transport)));
}

// The path of a word that is "rdinit=PATH", in whose quotes the kernel sees none.
std::optional<std::string> init_of(std::string word) {
  std::erase(word, '"');
  if (!word.starts_with(k_rdinit)) return std::nullopt;
  return word.substr(k_rdinit.size());
}

}  // namespace

std::string kernel_line(const VirtualMachine& vm, const HostFacts& host, Transport transport) {
  std::vector<std::string> line = {std::string(capability_of(vm).kernel_params)};
  // Under emulation the microvm machine's kernel often waits for ever to calibrate its clock against a timer.
  if (vm.hypervisor == config::Hypervisor::qemu && vm.machine == config::Machine::microvm && !host.kvm)
    line.emplace_back("tsc_early_khz=2000000");
  if (!vm.machine_id.empty()) line.push_back(concat("systemd.machine_id=", vm.machine_id));
  const bool shim = needs_shim(vm, transport);
  if (shim) line.push_back(concat(k_rdinit, credential::k_shim_program));
  if (is_fetched(transport)) {
    line.push_back(fetch_parameter(vm, host, transport));
    if (!host.notify_address.empty())
      line.push_back(concat("systemd.set_credential=", credential::k_notify_name, ":", host.notify_address));
  }
  for (auto& word : words_of(vm.kernel_params))
    if (!shim || !init_of(word)) line.push_back(std::move(word));
  return base::join(line, " ");
}

std::optional<std::size_t> kernel_line_room(const VirtualMachine& vm) {
  const std::size_t limit = capability_of(vm).kernel_line_bytes;
  if (limit == 0) return std::nullopt;
  // " pci=off" and a terminator; " virtio_mmio.device=4K@0xc0001000:12" each, with room for longer numbers.
  constexpr std::size_t k_fixed = 16;
  constexpr std::size_t k_each = 40;
  constexpr std::size_t k_always = 2;  // entropy, and one to spare
  const std::size_t devices =
      k_always + vm.volumes.size() + vm.interfaces.size() + (vm.vsock_cid ? 1 : 0) + (vm.balloon ? 1 : 0);
  return limit - std::min(limit, k_fixed + k_each * devices);
}

bool needs_shim(const VirtualMachine& vm, Transport transport) {
  const auto& systemd = vm.guest_systemd;
  const bool reads_it_itself = systemd.kind == config::GuestSystemd::Kind::version &&
                               systemd.version >= k_first_systemd_with_initrd_credentials;
  return transport == Transport::initrd && !reads_it_itself;
}

std::string next_init(const VirtualMachine& vm) {
  std::string path;
  for (const auto& word : words_of(vm.kernel_params))
    if (auto init = init_of(word)) path = *std::move(init);
  return path.empty() ? std::string(credential::k_default_init) : path;
}

bool has_misplaced_init(const VirtualMachine& vm, Transport transport) {
  return needs_shim(vm, transport) && !next_init(vm).starts_with('/');
}

std::uint32_t credentials_port(const VirtualMachine& vm, VsockBackEnd back_end) {
  return back_end == VsockBackEnd::vhost ? k_vhost_ports - vm.vsock_cid.value_or(0) : k_own_credentials_port;
}

base::Result<void> check_credentials_port(const VirtualMachine& vm, const HostFacts& host) {
  const bool has_one = vm.transport == Transport::vsock && host.vsock == VsockBackEnd::vhost;
  if (!has_one || vm.vsock_cid.value_or(0) <= k_most_vhost_cid) return {};
  return base::Error{
      .kind = base::ErrorKind::host,
      .what = concat("'vsock.cid' ", *vm.vsock_cid, " leaves no port for the guest's credentials"),
      .hint = concat("choose one up to ", k_most_vhost_cid)};
}

}  // namespace vmcred::vmm
