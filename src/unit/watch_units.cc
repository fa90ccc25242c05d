// SPDX-License-Identifier: Apache-2.0
#include "unit/watch_units.h"

#include "base/text.h"
#include "config/unit_names.h"
#include "config/var_folder.h"
#include "unit/head.h"
#include "unit/sandbox.h"

namespace vmcred::unit {
namespace {

using base::concat;
using base::Result;
using config::Config;
using config::Secret;
using config::VirtualMachine;
using systemd::command_word;
using systemd::UnitText;

// What comes within this time comes together: files of a directory that is replaced, secrets of one rotation.
constexpr unsigned k_settle_s = 1;

std::string changing_path(const Config& config, const VirtualMachine& vm, const Secret& secret) {
  if (const auto* file = std::get_if<config::FileSource>(&secret.source)) return file->path;
  if (const auto* encrypted = std::get_if<config::EncryptedSource>(&secret.source)) return encrypted->path;
  return config::is_provided(vm, secret) ? config::var_folder(config, vm, secret)
                                         : config::encrypted_credential_path(vm, secret);
}

Result<void> add_path(std::string_view key, std::string_view path, UnitText& text) {
  VMCRED_TRY_ASSIGN(const std::string value, systemd::line_value(path));
  text.comment(key);
  text.set("PathChanged", value);
  return {};
}

}  // namespace

Result<std::string> watch_path(const VirtualMachine& vm, const Config& config,
                               const Surroundings& surroundings) {
  UnitText text;
  VMCRED_TRY(add_head(concat("Changes of what microVM ", vm.name, " was started with"), surroundings, text));
  text.comment("watches while the VM runs");
  text.set("PartOf", config::vm_unit_name(vm.name));
  text.section("Path");
  VMCRED_TRY(add_path("the config", surroundings.config, text));
  for (const Secret& secret : vm.secrets)
    VMCRED_TRY(add_path(concat("secrets.", secret.name.text()), changing_path(config, vm, secret), text));
  return std::move(text).take();
}

Result<std::string> watch_service(const VirtualMachine& vm, const Surroundings& surroundings) {
  UnitText text;
  VMCRED_TRY(add_head(concat("Restart of microVM ", vm.name, " if it is outdated"), surroundings, text));
  text.comment("however often something changes, or nothing would watch any more");
  text.set("StartLimitIntervalSec", 0);
  text.section("Service");
  text.set("Type", "oneshot");
  text.comment("several files change at once");
  text.set("ExecStartPre", command_word(surroundings.programs.sleep), " ", k_settle_s);
  text.comment("restart_if_changed");
  text.set("ExecStart", command_word(surroundings.programs.vmcred), " vm restart ", vm.name,
           " --outdated --config ", command_word(surroundings.config));
  text.add(k_root_sandbox);
  return std::move(text).take();
}

}  // namespace vmcred::unit
