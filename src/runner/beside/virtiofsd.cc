// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/virtiofsd.h"

#include "base/process.h"
#include "base/text.h"
#include "runner/beside/helper_program.h"
#include "vmm/virtiofsd.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Result;

constexpr const char* k_old_program = "/usr/lib/qemu/virtiofsd";

// "virtiofsd of share 'home'", by the order that plans have.
std::vector<std::string> names_of_helpers(const config::VirtualMachine& vm) {
  std::vector<std::string> names;
  for (const auto& share : vm.shares)
    if (share.protocol == config::Share::Protocol::virtiofs)
      names.push_back(concat("virtiofsd of share ", base::quoted(share.tag)));
  return names;
}

}  // namespace

Result<std::string> find_virtiofsd() {
  if (auto path = find_helper("virtiofsd", {"/usr/libexec", "/usr/lib"}); !path.empty()) return path;
  const bool has_old = base::is_program(k_old_program);
  return base::Error{
      .kind = base::ErrorKind::host,
      .what = has_old ? concat(k_old_program, " is the old virtiofsd of QEMU, which needs root")
                      : "virtiofsd is not installed",
      .hint =
          "install the one that stands alone: apt install virtiofsd, of Debian 13 or later; or share by "
          "'protocol = \"9p\"' where the hypervisor can"};
}

Result<std::vector<Attendant>> start_virtiofsd(const config::VirtualMachine& vm,
                                               const std::string& runtime_directory,
                                               const std::optional<Identity>& identity) {
  std::vector<Attendant> started;
  const auto plans = vmm::plan_virtiofsd(vm, runtime_directory);
  if (plans.empty()) return started;
  VMCRED_TRY_ASSIGN(const std::string program, find_virtiofsd());
  const auto names = names_of_helpers(vm);
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const HelperProgram helper{
        .name = names[i], .program = program, .arguments = plans[i].arguments, .socket = plans[i].socket};
    VMCRED_TRY_ASSIGN(Attendant one, start_helper(helper, vm.name, identity));
    started.push_back(std::move(one));
  }
  return started;
}

}  // namespace vmcred::runner
