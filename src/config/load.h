// SPDX-License-Identifier: Apache-2.0
// From a file on disk to a checked Config.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/model.h"

namespace vmcred::config {

// Something about one VM that config does not know itself: what its hypervisor lacks. `key` is the VM's key
// that it is about, and where the finding will point: "graphics", "balloon.initial", "shares[1].protocol". As
// much of it as the file has is followed, so that for one that is absent it points to the table that lacks
// it.
struct VmFinding {
  std::string key;
  std::string sentence;
  std::string hint;
};
// Asked about each VM in which nothing else is wrong; nullptr asks nobody.
using VmCheck = std::vector<VmFinding> (*)(const VirtualMachine& vm);

// The file to read: `option` (--config) if not empty, else $VMCRED_CONFIG, ./vmcred.toml,
// /etc/vmcred/vmcred.toml, whichever comes first. Fails with a config error that lists the places.
base::Result<std::string> find_config(const std::string& option);

// Reads and checks a config with the pins next to it; ".json" files are JSON, all others TOML. Every finding
// is reported, as "FILE:LINE:COLUMN: sentence", the first as the error and the rest in Error::others.
base::Result<Config> load(const std::string& path, VmCheck check = nullptr);

// A VM that can't be used, and why: every finding about it, as load() has them.
struct BrokenVm {
  std::string name;
  base::Error error;
};

// A config of which one VM's faults concern that VM alone.
struct UnitConfig {
  Config config;                 // as load() gives it, with the VMs and generators that are well
  std::vector<BrokenVm> broken;  // the other VMs, in the order of the file
};

// As load(), for what must go on with a config that is partly wrong: units, and the provider. A generator
// with faults takes the VMs along that use it or one that depends on it. Fails only for what concerns all:
// the file can't be read, its syntax, [store], [host], unknown tables.
base::Result<UnitConfig> load_for_units(const std::string& path, VmCheck check = nullptr);
base::Result<UnitConfig> parse_for_units(const std::string& path, std::string_view text,
                                         VmCheck check = nullptr);

// As load_for_units() would be with another entry for this VM, which config::entry_text() gave once.
base::Result<UnitConfig> load_with_entry(const std::string& path, const std::string& vm,
                                         const std::string& entry, VmCheck check = nullptr);

// The config of load_for_units(), for work on one VM; fails with the VM's own error where it is broken.
base::Result<Config> load_for_vm(const std::string& path, std::string_view name, VmCheck check = nullptr);

// As load(), for text that is at hand, without pins. `path` names it in errors, decides the format and
// anchors relative paths.
base::Result<Config> parse(const std::string& path, std::string_view text, VmCheck check = nullptr);

// The VM of this name, or a config error with a suggestion.
base::Result<const VirtualMachine*> find_vm(const Config& config, std::string_view name);

// The spelling of each enum in the config, for output.
std::string_view spelling(Hypervisor value);
std::string_view spelling(Machine value);
std::string_view spelling(Accelerator value);
std::string_view spelling(Transport value);
std::string_view spelling(VsockDevice value);
std::string_view spelling(Delivery value);
std::string_view spelling(Volume::Format value);
std::string_view spelling(Share::Protocol value);
std::string_view spelling(Share::Cache value);
std::string_view spelling(Share::SecurityModel value);
std::string_view spelling(Interface::Type value);
std::string_view spelling(Interface::MacvtapMode value);
std::string_view spelling(ForwardedPort::From value);
std::string_view spelling(ForwardedPort::Protocol value);
std::string_view spelling(Device::Bus value);
std::string_view spelling(StoreBackend value);
std::string_view spelling(FileKind::Type value);
std::string_view spelling(FileKind::Algorithm value);
std::string_view spelling(NeededFor value);
std::string_view spelling(Prompt::Type value);

}  // namespace vmcred::config
