// SPDX-License-Identifier: Apache-2.0
#include "network/interfaces.h"

#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <chrono>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "network/commands.h"

namespace vmcred::network {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::quoted;
using base::Result;
using config::Interface;
using config::VirtualMachine;

// How long devtmpfs may take to show a new macvtap's device.
constexpr auto k_device_patience = std::chrono::seconds(2);
constexpr auto k_pause = std::chrono::milliseconds(2);

constexpr std::size_t k_max_attribute_bytes = 64;

std::string attribute_path(const std::string& interface, std::string_view attribute) {
  return concat("/sys/class/net/", interface, "/", attribute);
}

// A value of sysfs without its line end; "" where there is none.
std::string attribute(const std::string& interface, std::string_view name) {
  auto text = base::read_text_file(attribute_path(interface, name), k_max_attribute_bytes);
  return text ? text->substr(0, text->find('\n')) : "";
}

bool exists(const Interface& interface) { return base::path_exists(attribute_path(interface.id, "")); }

// A tap says so by its flags; of virtual interfaces only a macvtap has devices of this class below it.
bool is_of_our_kind(const Interface& interface) {
  return base::path_exists(
      attribute_path(interface.id, interface.type == Interface::Type::macvtap ? "macvtap" : "tun_flags"));
}

std::string_view kind(const Interface& interface) {
  return interface.type == Interface::Type::macvtap ? "macvtap" : "tap";
}

Result<void> run_ip(const Interface& interface, std::string_view lines) {
  VMCRED_TRY_ASSIGN(const auto outcome, base::run_program({.words = {"ip", "-batch", "-"}, .input = lines}));
  if (outcome.exit_code == 0) return {};
  const auto reason = std::string_view(outcome.errors).substr(0, outcome.errors.find('\n'));
  return Error{.kind = ErrorKind::host,
               .what = concat("interface ", quoted(interface.id), ": ip says: ", base::escaped(reason))};
}

Result<void> check_free(const Interface& interface, uid_t owner) {
  if (!is_of_our_kind(interface))
    return Error{.kind = ErrorKind::host,
                 .what = concat("interface ", quoted(interface.id), " exists, and is no ", kind(interface)),
                 .hint = "give the VM's interface another 'id'"};
  const std::string other = attribute(interface.id, "owner");
  if (other.empty() || other == "-1" || other == std::to_string(owner)) return {};
  return Error{.kind = ErrorKind::host,
               .what = concat("interface ", quoted(interface.id), " belongs to user ", other),
               .hint = concat("if nobody uses it: ip link del dev ", interface.id)};
}

// Its character device is root's when it appears.
Result<void> give_device(const Interface& interface, uid_t owner) {
  const std::string device = concat("/dev/tap", attribute(interface.id, "ifindex"));
  const auto deadline = std::chrono::steady_clock::now() + k_device_patience;
  while (::chown(device.c_str(), owner, static_cast<gid_t>(-1)) != 0) {
    if (errno != ENOENT || std::chrono::steady_clock::now() >= deadline) return base::errno_error(device);
    std::this_thread::sleep_for(k_pause);
  }
  return {};
}

Result<void> bring_up(const Interface& interface, unsigned queues, uid_t owner) {
  if (exists(interface)) {
    VMCRED_TRY(check_free(interface, owner));
    VMCRED_TRY(run_ip(interface, down_commands(interface)));
  }
  auto made = run_ip(interface, up_commands(interface, queues, owner));
  if (made && interface.type == Interface::Type::macvtap) made = give_device(interface, owner);
  if (!made && exists(interface)) static_cast<void>(run_ip(interface, down_commands(interface)));
  return made;
}

Result<void> take_down(const Interface& interface) {
  if (!exists(interface) || !is_of_our_kind(interface)) return {};
  return run_ip(interface, down_commands(interface));
}

}  // namespace

Result<void> bring_up(const VirtualMachine& vm, unsigned queues, uid_t owner) {
  for (std::size_t i = 0; i < vm.interfaces.size(); ++i) {
    if (!config::is_on_host(vm.interfaces[i])) continue;
    auto made = bring_up(vm.interfaces[i], queues, owner);
    if (made) continue;
    for (std::size_t earlier = 0; earlier < i; ++earlier)
      if (config::is_on_host(vm.interfaces[earlier])) static_cast<void>(take_down(vm.interfaces[earlier]));
    return made;
  }
  return {};
}

Result<void> take_down(const VirtualMachine& vm) {
  std::vector<Error> failures;
  for (const auto& interface : vm.interfaces) {
    if (!config::is_on_host(interface)) continue;
    if (auto removed = take_down(interface); !removed) failures.push_back(std::move(removed).error());
  }
  if (!failures.empty()) return base::first_with_others(std::move(failures));
  return {};
}

}  // namespace vmcred::network
