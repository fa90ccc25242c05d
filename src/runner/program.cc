// SPDX-License-Identifier: Apache-2.0
#include "runner/program.h"

#include <sys/stat.h>
#include <cerrno>
#include <string_view>

#include "base/process.h"
#include "base/text.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;

constexpr std::string_view k_qemu = "qemu-system-x86_64";

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
  const std::string name = vm.program.empty() ? std::string(k_qemu) : vm.program;
  const bool is_path = name.find('/') != std::string::npos;
  std::string path = is_path ? (base::is_program(name) ? name : "") : base::find_on_path(name);
  if (!path.empty()) return path;
  return Error{
      .kind = ErrorKind::host,
      .what = is_path ? concat("hypervisor ", name, " is no program that can be run")
                      : concat("hypervisor ", name, " is not installed"),
      .hint = is_path ? "correct 'program' in the config, or leave it out"
                      : "install it: apt install qemu-system-x86, or name it with 'program = \"/path\"'"};
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
