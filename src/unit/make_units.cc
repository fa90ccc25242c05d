// SPDX-License-Identifier: Apache-2.0
#include "unit/make_units.h"

#include <algorithm>

#include "base/text.h"
#include "config/name_rules.h"
#include "config/unit_names.h"
#include "unit/credential_lines.h"
#include "unit/head.h"
#include "unit/provider_units.h"
#include "unit/rotation_units.h"
#include "unit/vm_unit.h"
#include "unit/watch_units.h"

namespace vmcred::unit {
namespace {

using base::concat;
using base::Result;
using config::VirtualMachine;

class UnitMaker {
 public:
  UnitMaker(const config::UnitConfig& loaded, const Surroundings& surroundings, const TakeFile& take)
      : m_loaded(loaded), m_surroundings(surroundings), m_take(take) {}

  UnitSet make() && {
    for (const VirtualMachine& vm : m_loaded.config.vms)
      if (Result<void> made = make_vm(vm); !made) make_broken(vm.name, made.error());
    for (const config::BrokenVm& vm : m_loaded.broken) make_broken(vm.name, vm.error);
    if (std::ranges::any_of(m_loaded.config.vms, uses_provider))
      if (Result<void> made = make_provider(); !made)
        m_set.broken.push_back({.vm = "", .error = made.error()});
    make_target();
    return std::move(m_set);
  }

 private:
  void add_file(std::string path, std::string text) {
    m_take({.path = std::move(path), .text = std::move(text)});
  }

  // As `systemctl enable` would.
  void add_link(std::string_view target, std::string_view unit) {
    m_set.links.push_back({.path = concat(target, ".wants/", unit), .target = concat("../", unit)});
  }

  std::string vm_path(std::string_view vm) const {
    return concat(config::vm_unit_name(vm), m_surroundings.has_template ? ".d/50-vmcred.conf" : "");
  }

  Result<void> make_vm(const VirtualMachine& vm) {
    if (m_surroundings.has_template) {
      VMCRED_TRY_ASSIGN(std::string text, vm_drop_in(vm, m_surroundings));
      add_file(vm_path(vm.name), std::move(text));
    } else {
      VMCRED_TRY_ASSIGN(std::string text, vm_unit(vm, m_surroundings));
      add_file(vm_path(vm.name), std::move(text));
      if (vm.restart_if_changed == config::RestartIfChanged::always) VMCRED_TRY(make_watch(vm));
    }
    if (vm.autostart) m_autostart.push_back(vm.name);
    for (const config::Secret& secret : vm.secrets)
      if (!secret.rotate.empty()) VMCRED_TRY(make_rotation(vm, secret));
    return {};
  }

  void make_broken(const std::string& vm, const base::Error& error) {
    m_set.broken.push_back({.vm = vm, .error = error});
    if (!config::is_vm_name(vm)) return;  // nor a unit's name, then
    add_file(vm_path(vm), m_surroundings.has_template ? broken_vm_drop_in(vm, m_surroundings)
                                                      : broken_vm_unit(vm, error, m_surroundings));
  }

  Result<void> make_rotation(const VirtualMachine& vm, const config::Secret& secret) {
    const std::string stem = config::rotation_unit_stem(vm.name, secret.name.text());
    VMCRED_TRY_ASSIGN(std::string timer, rotation_timer(vm, secret, m_surroundings));
    VMCRED_TRY_ASSIGN(std::string service, rotation_service(vm, secret, m_loaded.config, m_surroundings));
    add_file(concat(stem, ".timer"), std::move(timer));
    add_file(concat(stem, ".service"), std::move(service));
    add_link("timers.target", concat(stem, ".timer"));
    return {};
  }

  Result<void> make_watch(const VirtualMachine& vm) {
    const std::string stem = config::watch_unit_stem(vm.name);
    VMCRED_TRY_ASSIGN(std::string path, watch_path(vm, m_loaded.config, m_surroundings));
    VMCRED_TRY_ASSIGN(std::string service, watch_service(vm, m_surroundings));
    add_file(concat(stem, ".path"), std::move(path));
    add_file(concat(stem, ".service"), std::move(service));
    add_link(config::vm_unit_name(vm.name), concat(stem, ".path"));
    return {};
  }

  Result<void> make_provider() {
    VMCRED_TRY_ASSIGN(std::string socket, provider_socket(m_surroundings));
    VMCRED_TRY_ASSIGN(std::string service, provider_service(m_loaded.config, m_surroundings));
    add_file(std::string(config::k_provider_socket_unit), std::move(socket));
    add_file(std::string(config::k_provider_service_unit), std::move(service));
    add_link("sockets.target", config::k_provider_socket_unit);
    return {};
  }

  // One line for each VM in place of a link for each: a thousand links would take longer than all the rest.
  // Where somebody else brings the target, the lines are added to it.
  void make_target() {
    systemd::UnitText text;
    const auto headed = m_surroundings.has_target
                            ? add_drop_in_head(m_surroundings, text)
                            : add_head("microVMs that start with the host", m_surroundings, text);
    if (!headed) return;
    text.comment("autostart");
    for (const std::string& vm : m_autostart) text.set("Wants", config::vm_unit_name(vm));
    const std::string target(config::k_vms_target);
    add_file(concat(target, m_surroundings.has_target ? ".d/50-vmcred.conf" : ""), std::move(text).take());
    if (!m_surroundings.has_target) add_link("multi-user.target", target);
  }

  const config::UnitConfig& m_loaded;
  const Surroundings& m_surroundings;
  const TakeFile& m_take;
  std::vector<std::string> m_autostart;
  UnitSet m_set;
};

}  // namespace

UnitSet make_units(const config::UnitConfig& loaded, const Surroundings& surroundings) {
  std::vector<UnitFile> files;
  files.reserve(loaded.config.vms.size() + loaded.broken.size() + 4);
  UnitSet set = make_units(loaded, surroundings, [&](UnitFile file) { files.push_back(std::move(file)); });
  set.files = std::move(files);
  return set;
}

UnitSet make_units(const config::UnitConfig& loaded, const Surroundings& surroundings, const TakeFile& take) {
  return UnitMaker(loaded, surroundings, take).make();
}

UnitSet make_units_of_broken_config(const base::Error& error, const Surroundings& surroundings) {
  UnitSet set;
  set.broken.push_back({.vm = "", .error = error});
  if (!surroundings.has_template)
    set.files.push_back(
        {.path = std::string(config::k_vm_template), .text = broken_config_template(error, surroundings)});
  return set;
}

}  // namespace vmcred::unit
