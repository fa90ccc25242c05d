// SPDX-License-Identifier: Apache-2.0
#include "runner/host/program.h"

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string_view>

#include "base/process.h"
#include "base/text.h"
#include "runner/beside/companion.h"
#include "runner/handover/replace_process.h"
#include "runner/host/identity.h"
#include "vmm/capability.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;

std::string way_to_install(const vmm::Capability& capability) {
  constexpr std::string_view k_debian = "Debian: ";
  const std::string_view from = capability.comes_from;
  return from.starts_with(k_debian) ? concat("install it: apt install ", from.substr(k_debian.size()))
                                    : concat("get it from ", from);
}

Result<void> check_boot_file(std::string_view noun, const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0)
    return Error{.kind = ErrorKind::host, .what = concat(noun, " ", path, ": ", base::errno_text(errno))};
  if (!S_ISREG(status.st_mode))
    return Error{.kind = ErrorKind::host, .what = concat(noun, " ", path, ": expected a regular file")};
  return {};
}

}  // namespace

Result<std::string> find_program(const config::VirtualMachine& vm) {
  const auto& capability = vmm::capability_of(vm);
  const std::string name = vm.program.empty() ? std::string(capability.program) : vm.program;
  const bool is_path = name.find('/') != std::string::npos;
  std::string path = is_path ? (base::is_program(name) ? name : "") : base::find_on_path(name);
  if (!path.empty()) return path;
  return Error{.kind = ErrorKind::host,
               .what = is_path ? concat("hypervisor ", name, " is no program that can be run")
                               : concat("hypervisor ", name, " is not installed"),
               .hint = is_path
                           ? "correct 'program' in the config, or leave it out"
                           : concat(way_to_install(capability), ", or name it with 'program = \"/path\"'")};
}

std::optional<vmm::Version> find_version(const config::VirtualMachine& vm, const std::string& program) {
  // How large a request to cloud-hypervisor may be, and what Firecracker's balloon can.
  const bool matters = vm.hypervisor == config::Hypervisor::cloud_hypervisor ||
                       (vm.hypervisor == config::Hypervisor::firecracker && vm.balloon);
  if (!matters) return std::nullopt;
  std::optional<Identity> user;
  if (::geteuid() == 0) {
    auto found = find_identity(vm);
    if (!found) return std::nullopt;
    user = *std::move(found);
  }
  const auto text = text_as(user, [&]() -> Result<std::string> {
    return base::output_of({program, "--version"}, clean_environment()).value_or("");
  });
  return text ? parse_version(*text) : std::nullopt;
}

std::optional<vmm::Version> parse_version(std::string_view text) {
  const auto start = std::ranges::find_if(text, [](char c) { return c >= '0' && c <= '9'; });
  vmm::Version version;
  const char* const end = text.data() + text.size();
  const auto major = std::from_chars(text.data() + (start - text.begin()), end, version.major);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return std::nullopt;
  if (std::from_chars(major.ptr + 1, end, version.minor).ec != std::errc()) return std::nullopt;
  return version;
}

Result<void> check_boot_files(const config::VirtualMachine& vm) {
  const auto hint = "correct the path in the config; relative ones start at the config file's directory";
  if (auto checked = check_boot_file("kernel", vm.kernel); !checked)
    return std::move(checked).error().with_hint(hint);
  if (vm.initrd.empty()) return {};
  if (auto checked = check_boot_file("initrd", vm.initrd); !checked)
    return std::move(checked).error().with_hint(hint);
  return {};
}

}  // namespace vmcred::runner
