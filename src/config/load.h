// SPDX-License-Identifier: Apache-2.0
// From a file on disk to a checked Config.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/model.h"

namespace vmcred::config {

// The file to read: `option` (--config) if not empty, else $VMCRED_CONFIG, ./vmcred.toml,
// /etc/vmcred/vmcred.toml, whichever comes first. Fails with a config error that lists the places.
base::Result<std::string> find_config(const std::string& option);

// Reads and checks a config; ".json" files are JSON, all others TOML. Every finding is reported, as
// "FILE:LINE:COLUMN: sentence", the first as the error and the rest in Error::others.
base::Result<Config> load(const std::string& path);

// As load(), for text that is at hand. `path` names it in errors, decides the format and anchors relative
// paths.
base::Result<Config> parse(const std::string& path, std::string_view text);

// The VM of this name, or a config error with a suggestion.
base::Result<const VirtualMachine*> find_vm(const Config& config, std::string_view name);

// What this config asks for that this version can't do yet, for one VM: not_yet errors, in config order.
std::vector<base::Error> not_yet_supported(const VirtualMachine& vm);

// The spelling of each enum in the config, for output.
std::string_view spelling(Hypervisor value);
std::string_view spelling(Machine value);
std::string_view spelling(Accelerator value);
std::string_view spelling(Transport value);
std::string_view spelling(StoreBackend value);
std::string_view spelling(FileKind::Type value);
std::string_view spelling(FileKind::Algorithm value);
std::string_view spelling(NeededFor value);
std::string_view spelling(Prompt::Type value);

}  // namespace vmcred::config
