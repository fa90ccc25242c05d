// SPDX-License-Identifier: Apache-2.0
#include "history/way_back.h"

#include <algorithm>

#include "base/text.h"
#include "history/difference.h"
#include "vars/declared.h"
#include "vars/stored_secret.h"
#include "vars/version.h"

namespace vmcred::history {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::quoted;
using base::Result;
using config::VirtualMachine;

const LaunchSecret* find(const Record& record, const std::string& secret) {
  const auto found = std::ranges::find(record.secrets, secret, &LaunchSecret::name);
  return found == record.secrets.end() ? nullptr : &*found;
}

// The version file of the generator behind a VM's secret of the store.
Result<std::optional<vars::VersionFile>> version_file(const config::Config& config, const VirtualMachine& vm,
                                                      const std::string& name) {
  const auto secret = std::ranges::find(vm.secrets, name, [](const auto& s) { return s.name.text(); });
  const vars::Declared declared(config);
  const auto var = secret == vm.secrets.end() ? std::nullopt : declared.var_of(vm, *secret);
  if (!var) return std::optional<vars::VersionFile>();
  return vars::Versions(vars::store_settings(config.store).path).read(var->generator->id);
}

constexpr std::string_view k_keep_secrets =
    "--keep-secrets goes back to the config of then with the secrets of now";

Error no_longer_there(const std::string& secret) {
  return {.kind = ErrorKind::credential,
          .what = concat("secret ", quoted(secret), ": the store no longer has its version of then"),
          .hint = std::string(k_keep_secrets)};
}

Error not_there(const Unseen& secret) {
  return {.kind = ErrorKind::credential,
          .what = concat("secret ", quoted(secret.name), " of that launch can't be had: ", secret.why),
          .hint = std::string(k_keep_secrets)};
}

}  // namespace

Result<Record> target_of(const Record& now, const std::vector<Record>& earlier) {
  for (const Record& record : earlier)
    if (is_another(now, record)) return record;
  return Error{.kind = ErrorKind::config,
               .what = concat("vm ", quoted(now.vm), " has no other launch to go back to"),
               .hint = "its unit notes each launch that comes up; 'vmcred vm show --booted' prints the last"};
}

Result<WayBack> way_back(const config::Config& config, const VirtualMachine& vm, const Launch& there,
                         const Record& target) {
  if (!there.unseen.empty()) return not_there(there.unseen.front());
  WayBack way;
  for (const LaunchSecret& secret : there.record.secrets) {
    const LaunchSecret* then = find(target, secret.name);
    if (then == nullptr || is_same(secret.state, then->state)) continue;
    const auto* version = std::get_if<KeptState>(&then->state);
    if (version == nullptr || !std::holds_alternative<KeptState>(secret.state)) {
      way.warnings.push_back(concat("secret ", quoted(secret.name), " has changed, and stays as it is now"));
      continue;
    }
    VMCRED_TRY_ASSIGN(const auto file, version_file(config, vm, secret.name));
    if (!file || !file->previous || file->previous->making.version != version->version)
      return no_longer_there(secret.name);
    way.secrets.push_back(secret.name);
  }
  return way;
}

Result<bool> has_version_of(const config::Config& config, const VirtualMachine& vm, const Record& launch,
                            const std::string& secret) {
  VMCRED_TRY_ASSIGN(const auto file, version_file(config, vm, secret));
  const LaunchSecret* then = find(launch, secret);
  const auto* kept = then == nullptr ? nullptr : std::get_if<KeptState>(&then->state);
  return file && kept != nullptr && file->current.version == kept->version;
}

}  // namespace vmcred::history
