// SPDX-License-Identifier: Apache-2.0
#include "network/interfaces.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <cerrno>
#include <chrono>
#include <vector>

#include "base/deadline.h"
#include "base/file.h"
#include "base/file_names.h"
#include "base/process.h"
#include "base/text.h"
#include "base/unique_fd.h"
#include "network/commands.h"

namespace vmcred::network {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;
using config::Interface;
using config::VirtualMachine;

// How long devtmpfs may take to show a new macvtap's device.
constexpr auto k_device_patience = std::chrono::seconds(2);
constexpr auto k_pause = std::chrono::milliseconds(2);

constexpr std::string_view k_interfaces = "/sys/class/net";
constexpr std::size_t k_max_attribute_bytes = 256;  // of IFALIASZ

std::string attribute_path(const std::string& interface, std::string_view attribute) {
  return concat(k_interfaces, "/", interface, "/", attribute);
}

// A value of sysfs without its line end; "" where there is none.
std::string attribute(const std::string& interface, std::string_view name) {
  auto text = base::read_text_file(attribute_path(interface, name), k_max_attribute_bytes);
  return text ? text->substr(0, text->find('\n')) : "";
}

bool exists(const Interface& interface) { return base::path_exists(attribute_path(interface.id, "")); }

// Names and kinds others may use as well.
bool is_made_for(const VirtualMachine& vm, const std::string& interface) {
  return attribute(interface, "ifalias") == mark_of(vm.name);
}

// Also such as the config has no longer.
Result<std::vector<std::string>> made_for(const VirtualMachine& vm) {
  VMCRED_TRY_ASSIGN(const UniqueFd directory,
                    base::open_file(std::string(k_interfaces), O_RDONLY | O_DIRECTORY));
  VMCRED_TRY_ASSIGN(auto interfaces, base::file_names(directory.get(), k_interfaces));
  std::erase_if(interfaces, [&](const std::string& name) { return !is_made_for(vm, name); });
  return interfaces;
}

Result<void> run_ip(const std::string& interface, std::string_view lines) {
  VMCRED_TRY_ASSIGN(const auto outcome, base::run_program({.words = {"ip", "-batch", "-"}, .input = lines}));
  if (outcome.exit_code == 0) return {};
  const auto reason = std::string_view(outcome.errors).substr(0, outcome.errors.find('\n'));
  return Error{.kind = ErrorKind::host,
               .what = concat("interface ", base::quoted(interface), ": ip says: ", base::escaped(reason))};
}

Result<void> check_ours(const VirtualMachine& vm, const Interface& interface) {
  if (is_made_for(vm, interface.id)) return {};
  return Error{
      .kind = ErrorKind::host,
      .what = concat("interface ", base::quoted(interface.id), " exists, and was not made for this VM"),
      .hint = concat("give the VM's interface another 'id', or if nobody uses it: ip link del dev ",
                     interface.id)};
}

Result<UniqueFd> open_device(const std::string& path) {
  const auto deadline = base::deadline_in(k_device_patience);
  for (;;) {
    UniqueFd device(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (device.valid()) return device;
    if (errno != ENOENT || !base::pause_before(deadline, k_pause)) return base::errno_error(path);
  }
}

// Its character device is root's when it appears. The numbers that devices are named by are those of one
// network namespace, and /dev is there for all of them: the name may be taken by another's.
Result<void> give_device(const Interface& interface, uid_t owner) {
  const std::string name = concat("tap", attribute(interface.id, "ifindex"));
  const std::string path = concat("/dev/", name);
  VMCRED_TRY_ASSIGN(const UniqueFd device, open_device(path));
  struct stat status{};
  if (::fstat(device.get(), &status) != 0) return base::errno_error(path);
  const auto number = concat(major(status.st_rdev), ":", minor(status.st_rdev));
  if (!S_ISCHR(status.st_mode) || number != attribute(interface.id, concat("macvtap/", name, "/dev")))
    return Error{.kind = ErrorKind::host,
                 .what = concat("interface ", base::quoted(interface.id), ": ", path,
                                " is the device of another interface"),
                 .hint = "a macvtap of another network namespace has its number: remove that, or try again"};
  if (::fchownat(device.get(), "", owner, static_cast<gid_t>(-1), AT_EMPTY_PATH) != 0)
    return base::errno_error(path);
  return {};
}

Result<void> remove(const std::string& interface) { return run_ip(interface, down_commands(interface)); }

Result<void> bring_up(const VirtualMachine& vm, const Interface& interface, unsigned queues, uid_t owner) {
  if (exists(interface)) {
    VMCRED_TRY(check_ours(vm, interface));
    VMCRED_TRY(remove(interface.id));
  }
  VMCRED_TRY(run_ip(interface.id, up_commands(interface, vm.name, queues, owner)));
  return interface.type == Interface::Type::macvtap ? give_device(interface, owner) : Result<void>();
}

}  // namespace

Result<void> bring_up(const VirtualMachine& vm, unsigned queues, uid_t owner) {
  for (const auto& interface : vm.interfaces) {
    if (!config::is_on_host(interface)) continue;
    auto made = bring_up(vm, interface, queues, owner);
    if (made) continue;
    static_cast<void>(take_down(vm));
    return made;
  }
  return {};
}

Result<void> take_down(const VirtualMachine& vm) {
  VMCRED_TRY_ASSIGN(const auto interfaces, made_for(vm));
  std::vector<Error> failures;
  for (const auto& interface : interfaces)
    if (auto removed = remove(interface); !removed) failures.push_back(std::move(removed).error());
  if (!failures.empty()) return base::first_with_others(std::move(failures));
  return {};
}

}  // namespace vmcred::network
