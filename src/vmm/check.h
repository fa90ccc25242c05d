// SPDX-License-Identifier: Apache-2.0
// What a VM asks for that its hypervisor lacks: known from the config alone, so it is said when that is
// loaded and not when the VM starts. The facts are capability.h's.
#pragma once

#include <string>
#include <vector>

#include "config/load.h"
#include "config/model.h"
#include "vmm/capability.h"

namespace vmcred::vmm {

// Everything that is wrong, in the order of the config's keys. It is a config::VmCheck.
std::vector<config::VmFinding> check_vm(const config::VirtualMachine& vm);

// The parts of it. Each looks at one kind of key.
class Findings {
 public:
  Findings(const config::VirtualMachine& checked, const Capability& capability)
      : vm(checked), can(capability), name(sentence_name(capability)) {}

  const config::VirtualMachine& vm;
  const Capability& can;
  const std::string name;  // of the hypervisor, for sentences

  void add(std::string key, std::string sentence, std::string hint);
  // "NAME has no THING", with another way as the hint, or the hypervisors that have it: `has` tells.
  void lacks(std::string key, std::string_view thing, std::string other_way);
  void lacks(std::string key, std::string_view thing, bool (*has)(const Capability&));
  std::vector<config::VmFinding> take() && { return std::move(m_findings); }

 private:
  std::vector<config::VmFinding> m_findings;
};

void check_transport(Findings& findings);
void check_memory(Findings& findings);
void check_volumes(Findings& findings);
void check_shares(Findings& findings);
void check_interfaces(Findings& findings);
void check_devices(Findings& findings);

}  // namespace vmcred::vmm
