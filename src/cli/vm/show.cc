// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/open_config.h"
#include "cli/vm/commands.h"
#include "command/output.h"
#include "config/load.h"
#include "config/unit_names.h"
#include "history/archive.h"
#include "history/places.h"

namespace vmcred::cli {
namespace {

using base::concat;
using config::Secret;
using config::VirtualMachine;
using nlohmann::ordered_json;

std::string source_text(const Secret& secret) {
  if (const auto* file = std::get_if<config::FileSource>(&secret.source)) return file->path;
  if (const auto* made = std::get_if<config::GeneratorSource>(&secret.source))
    return concat("generator ", made->generator, ", file ", made->file);
  if (const auto* encrypted = std::get_if<config::EncryptedSource>(&secret.source))
    return concat("encrypted ", encrypted->path);
  return "made and kept by vmcred";
}

std::string unit_mapping(const Secret& secret) {
  return concat(secret.name.text(), ":", secret.credential.text());
}

std::string as_json(const VirtualMachine& vm) {
  ordered_json shown = {{"name", vm.name},
                        {"pinned_since", vm.pinned_since},
                        {"hypervisor", config::spelling(vm.hypervisor)},
                        {"machine", config::spelling(vm.machine)},
                        {"vcpu", vm.vcpu},
                        {"mem_mib", vm.mem_mib},
                        {"kernel", vm.kernel},
                        {"initrd", vm.initrd},
                        {"user", config::user_name(vm)},
                        {"secrets", ordered_json::array()},
                        {"static", ordered_json::array()}};
  for (const auto& secret : vm.secrets)
    shown["secrets"].push_back({{"name", secret.name.text()},
                                {"source", source_text(secret)},
                                {"host_credential", secret.name.host_credential().text()},
                                {"guest_credential", secret.credential.text()},
                                {"unit_mapping", unit_mapping(secret)}});
  for (const auto& entry : vm.static_values)
    shown["static"].push_back({{"guest_credential", entry.credential.text()}, {"value", entry.value}});
  return shown.dump(2) + "\n";
}

std::string as_text(const VirtualMachine& vm) {
  std::string text =
      concat(vm.name, ": ", config::spelling(vm.hypervisor), " ", config::spelling(vm.machine), ", ", vm.vcpu,
             " vcpu, ", vm.mem_mib, " MiB, user ", config::user_name(vm), "\n  kernel ", vm.kernel, "\n");
  if (!vm.pinned_since.empty())
    text +=
        concat("  pinned since ", vm.pinned_since, " to an earlier entry, until the config's is changed\n");
  if (!vm.initrd.empty()) text += concat("  initrd ", vm.initrd, "\n");
  for (const auto& secret : vm.secrets)
    text += concat("\nsecret ", secret.name.text(), "\n  from ", source_text(secret), "\n  host credential ",
                   secret.name.host_credential().text(), "\n  guest credential ", secret.credential.text(),
                   "\n  in a guest unit: LoadCredential=", unit_mapping(secret), "\n");
  for (const auto& entry : vm.static_values)
    text += concat("\nstatic ", entry.credential.text(), "\n  value ", base::quoted(entry.value), "\n");
  return text;
}

// A launch of before as its record has it, which is JSON for people and programs alike.
base::Result<std::string> earlier_launch(const std::string& vm, bool booted) {
  const history::Archive archive(history::Places().records);
  VMCRED_TRY_ASSIGN(const auto record, booted ? archive.booted(vm) : archive.previous(vm));
  if (record) return history::text_of(*record);
  return base::Error{
      .kind = base::ErrorKind::config,
      .what = concat("vm ", base::quoted(vm), " has no ", booted ? "" : "previous ", "launch on record"),
      .hint = "its unit notes each launch that comes up and is another than the one before"};
}

}  // namespace

base::Result<void> run_vm_show(const command::Arguments& arguments, const command::Streams& streams) {
  if (arguments.has("--booted") || arguments.has("--previous")) {
    VMCRED_TRY_ASSIGN(const std::string text, earlier_launch(arguments.operand(), arguments.has("--booted")));
    return command::print(streams, text);
  }
  VMCRED_TRY_ASSIGN(const config::Config config, open_config(arguments));
  VMCRED_TRY_ASSIGN(const VirtualMachine* vm, config::find_vm(config, arguments.operand()));
  return command::print(streams, arguments.has("--json") ? as_json(*vm) : as_text(*vm));
}

}  // namespace vmcred::cli
