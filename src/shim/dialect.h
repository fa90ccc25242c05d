// SPDX-License-Identifier: Apache-2.0
// How each hypervisor is told what to do on its command line, as far as credentials are concerned.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/model.h"
#include "shim/option.h"
#include "shim/taken.h"
#include "vmm/launch_plan.h"
#include "vmm/outline.h"

namespace vmcred::shim {

// A command line without its program, and without the credentials that stood on it.
struct StrippedLine {
  std::vector<std::string> words;
  std::vector<TakenCredential> taken;
  std::string document;       // where the words name a file that says how to start: its text
  std::string document_name;  // and what errors call it
};

using ReadText = std::function<base::Result<std::string>(const std::string& path)>;
using Outlines = std::span<const vmm::CredentialOutline>;

struct Dialect {
  config::Hypervisor hypervisor;
  std::string_view program;                       // its usual name
  std::span<const std::string_view> start_words;  // the subcommands that start a VM; none: there are none
  OptionStyle style;
  std::span<const std::string_view> initrd;             // the spellings of the option
  std::span<const std::string_view> kernel_parameters;  // and of this one
  bool joins_kernel_parameters = false;  // where it is given more than once; else the last counts

  // Takes the credentials off that stand elsewhere than in kernel parameters. Null where there are none.
  base::Result<void> (*take)(StrippedLine& line, const ReadText& read_text) = nullptr;

  // The plan that carries the credentials in the initrd. Null for one that just exchanges the options above.
  base::Result<vmm::LaunchPlan> (*plan)(const StrippedLine& line, Outlines outlines) = nullptr;
};

// By the hypervisor's name in configs. A usage error with a suggestion where there is none.
base::Result<const Dialect*> find_dialect(std::string_view name);

// Does this command line start a VM? Others ask for a version, or command a VM that runs.
bool starts_a_vm(const Dialect& dialect, std::span<const std::string> words);

// What each VMM's own file has.
extern const Dialect k_cloud_hypervisor;
extern const Dialect k_qemu;
extern const Dialect k_firecracker;
extern const Dialect k_crosvm;
extern const Dialect k_kvmtool;
extern const Dialect k_stratovirt;
extern const Dialect k_alioth;
extern const Dialect k_vfkit;

}  // namespace vmcred::shim
