// SPDX-License-Identifier: Apache-2.0
#include "cli/vm/launches.h"

#include <unistd.h>

#include "config/entry.h"
#include "history/digest_key.h"
#include "history/places.h"

namespace vmcred::cli {
namespace {

base::Result<void> expect_root() {
  if (::geteuid() == 0) return {};
  return base::Error{.kind = base::ErrorKind::refused,
                     .what = "only root may see what a VM was started with",
                     .hint = "run it by sudo"};
}

}  // namespace

base::Result<base::UniqueFd> lock_launches(const std::string& vm) {
  VMCRED_TRY(expect_root());
  return history::lock_launches(history::Places(), vm);
}

base::Result<Launches> launches_of(const config::Config& config, const config::VirtualMachine& vm) {
  VMCRED_TRY(expect_root());
  const history::Places places;
  VMCRED_TRY_ASSIGN(const auto key, history::DigestKey::open(places.key));
  const history::Archive archive(places.records);
  VMCRED_TRY_ASSIGN(const config::Entry entry, config::read_entry(config.path, vm.name));
  Launches launches{.now = history::launch_now(config, vm, key, entry.in_use), .booted = {}, .previous = {}};
  VMCRED_TRY_ASSIGN(launches.booted, archive.booted(vm.name));
  VMCRED_TRY_ASSIGN(launches.previous, archive.previous(vm.name));
  return launches;
}

std::optional<history::Difference> outdated_by(const Launches& launches, const std::string& invocation) {
  if (!launches.booted || launches.booted->invocation != invocation) return std::nullopt;
  return history::difference(launches.now, *launches.booted);
}

}  // namespace vmcred::cli
