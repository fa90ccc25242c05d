// SPDX-License-Identifier: Apache-2.0
// What all plans have in common: arguments one after the other, files and descriptors by number.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/model.h"
#include "vmm/carriage.h"
#include "vmm/host_facts.h"
#include "vmm/launch_plan.h"
#include "vmm/outline.h"

namespace vmcred::vmm {

// Keeps references: what it is made of must outlive it.
class PlanBuilder {
 public:
  PlanBuilder(const config::VirtualMachine& vm, const HostFacts& host,
              std::span<const CredentialOutline> outlines, config::Transport transport);

  const config::VirtualMachine& vm() const { return m_vm; }
  const HostFacts& host() const { return m_host; }
  config::Transport transport() const { return m_transport; }

  void add(std::string argument);
  void add(std::string option, std::string value);
  void add_file(std::string text, PlannedFile file);
  void add_descriptors(std::string text, std::vector<std::size_t> descriptors);
  void add_extra_args();

  std::size_t plan_descriptor(PlannedDescriptor::Kind kind, std::string path);
  // The character device of a macvtap interface, once for each of its queues.
  std::vector<std::size_t> plan_macvtap(const config::Interface& interface, unsigned queues);
  std::string macvtap_path(const config::Interface& interface) const;

  // The guest's initrd with the set appended.
  PlannedFile initrd_file() const;
  // Of a file that is no argument: its number in the plan.
  std::size_t plan_file(PlannedFile file);
  // "-initrd", with the set appended or as it is; nothing where the guest has none.
  void add_initrd(std::string option);

  std::string kernel_line() const;
  std::string socket_path(std::string_view name) const;
  std::string share_socket(const config::Share& share) const;
  bool by_initrd() const { return m_transport == config::Transport::initrd; }

  void set_api_socket(std::string path) { m_plan.api_socket = std::move(path); }
  void add_environment(std::string assignment) { m_plan.environment.push_back(std::move(assignment)); }
  void need_terminal() { m_plan.needs_terminal = true; }
  void request(std::string path, std::vector<BodyPiece> body, std::vector<std::size_t> descriptors = {});

  // Says who serves a guest that fetches its set.
  LaunchPlan take() &&;

 private:
  const config::VirtualMachine& m_vm;
  const HostFacts& m_host;
  std::span<const CredentialOutline> m_outlines;
  config::Transport m_transport;
  LaunchPlan m_plan;
};

// Of virtiofsd, in the runtime directory.
std::string share_socket_name(const config::Share& share);

// Of "0123…": "01234567-89ab-…".
std::string uuid_text(std::string_view machine_id);

bool has_virtiofs(const config::VirtualMachine& vm);

}  // namespace vmcred::vmm
