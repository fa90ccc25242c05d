// SPDX-License-Identifier: Apache-2.0
#include "cli/vm/launches.h"

#include <unistd.h>

namespace vmcred::cli {

base::Result<Launches> launches_of(const config::Config& config, const config::VirtualMachine& vm) {
  if (::geteuid() != 0)
    return base::Error{.kind = base::ErrorKind::refused,
                       .what = "only root may see what a VM was started with",
                       .hint = "run it by sudo"};
  const history::Places places = history::usual_places();
  VMCRED_TRY_ASSIGN(const auto key, history::DigestKey::open(places.key));
  const history::Archive archive(places.records);
  Launches launches{.now = history::launch_now(config, vm, key), .booted = {}, .previous = {}};
  VMCRED_TRY_ASSIGN(launches.booted, archive.booted(vm.name));
  VMCRED_TRY_ASSIGN(launches.previous, archive.previous(vm.name));
  return launches;
}

std::optional<history::Difference> outdated_by(const Launches& launches) {
  if (!launches.booted) return std::nullopt;
  return history::difference(launches.now, *launches.booted);
}

}  // namespace vmcred::cli
