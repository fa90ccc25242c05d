// SPDX-License-Identifier: Apache-2.0
#include "cli/shim/real_program.h"

#include <sys/stat.h>
#include <array>
#include <cstdlib>

#include "base/process.h"
#include "base/text.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;

constexpr const char* k_mark = "VMCRED_SHIM";
constexpr const char* k_program = "VMCRED_SHIM_PROGRAM";
constexpr std::array k_kept{"HOME", "XDG_RUNTIME_DIR", "WAYLAND_DISPLAY", "DISPLAY", "XAUTHORITY"};
constexpr std::string_view k_hint = "name the hypervisor itself: --program /path, or $VMCRED_SHIM_PROGRAM";

Error no_hypervisor(std::string what) {
  return {.kind = ErrorKind::host, .what = std::move(what), .hint = std::string(k_hint)};
}

bool is_this_program(const std::string& path) {
  struct stat there{};
  struct stat here{};
  return ::stat(path.c_str(), &there) == 0 && ::stat("/proc/self/exe", &here) == 0 &&
         there.st_dev == here.st_dev && there.st_ino == here.st_ino;
}

}  // namespace

base::Result<std::string> find_real_program(const std::optional<std::string>& given,
                                            std::string_view usual_name) {
  if (std::getenv(k_mark) != nullptr)
    return no_hypervisor(concat("what this was to start as ", usual_name, " has started it again"));
  const char* variable = std::getenv(k_program);
  const std::string name = given ? *given : variable != nullptr ? variable : std::string(usual_name);
  const bool is_path = name.find('/') != std::string::npos;
  std::string path = is_path ? (base::is_program(name) ? name : "") : base::find_on_path(name);
  if (path.empty())
    return no_hypervisor(is_path ? concat("hypervisor ", name, " is no program that can be run")
                                 : concat("hypervisor ", name, " is not installed"));
  if (is_this_program(path)) return no_hypervisor(concat("hypervisor ", path, " is this program"));
  return path;
}

std::vector<std::string> shim_environment() {
  std::vector<std::string> environment = {concat(k_mark, "=1")};
  for (const char* name : k_kept)
    if (const char* value = std::getenv(name); value != nullptr)
      environment.push_back(concat(name, "=", value));
  return environment;
}

void mark_environment() { static_cast<void>(::setenv(k_mark, "1", 1)); }

}  // namespace vmcred::cli
