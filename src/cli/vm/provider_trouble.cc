// SPDX-License-Identifier: Apache-2.0
#include "cli/vm/provider_trouble.h"

#include <fcntl.h>
#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "config/unit_names.h"
#include "runner/secrets/refusal.h"
#include "unit/credential_lines.h"

namespace vmcred::cli {
namespace {

using base::concat;
using config::Config;

bool needs_provider(const Config& config, const std::string& name) {
  const auto vm = std::ranges::find(config.vms, name, &config::VirtualMachine::name);
  return vm != config.vms.end() && unit::uses_provider(*vm);
}

// What systemd could not hand over to it: "/etc/vmcred/identity.txt: no such file or directory".
std::string identity_trouble(const Config& config) {
  std::vector<std::string> files = config.store.identities;
  if (!config.host.identity_encrypted.empty()) files.push_back(config.host.identity_encrypted);
  for (const auto& file : files)
    if (const auto opened = base::open_file(file, O_RDONLY); !opened) return opened.error().what;
  return {};
}

}  // namespace

std::string provider_trouble(const Config& config, const UnitState& provider) {
  if (provider.result == "success" || provider.result.empty()) return {};
  const std::string identity = identity_trouble(config);
  return concat(config::k_provider_service_unit, " failed", identity.empty() ? "" : ": ", identity,
                " (see 'systemctl status ", config::k_provider_service_unit, "')");
}

std::string why_refused(const Config& config, const std::string& vm) {
  if (std::string reason = runner::last_refusal(vm); !reason.empty()) return reason;
  if (!needs_provider(config, vm)) return {};
  const auto provider = unit_state(std::string(config::k_provider_service_unit));
  return provider ? provider_trouble(config, *provider) : std::string();
}

}  // namespace vmcred::cli
