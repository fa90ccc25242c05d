// SPDX-License-Identifier: Apache-2.0
#include "guest/mmds_by_interface.h"

#include <algorithm>

#include "base/text.h"
#include "guest/link_local.h"
#include "guest/mmds.h"

namespace vmcred::guest {
namespace {

using credential::CredentialSet;

base::Result<CredentialSet> fetch_by(const std::string& interface, const sockaddr_in& address,
                                     Deadline deadline) {
  VMCRED_TRY_ASSIGN(const auto own_address, TemporaryAddress::on(interface, address));
  auto set = fetch_from_mmds(address, part_of(deadline));
  if (!set) return base::in(base::concat("by ", interface), std::move(set));
  return set;
}

}  // namespace

Deadline part_of(Deadline deadline) { return std::min(deadline, deadline_in(std::chrono::seconds(3))); }

base::Result<CredentialSet> fetch_by_interfaces(std::span<const std::string> interfaces,
                                                const sockaddr_in& address, Deadline deadline) {
  base::Error error{.kind = base::ErrorKind::host,
                    .what = "there is no way to the metadata service, and no Ethernet interface to try"};
  for (const auto& interface : interfaces) {
    auto set = fetch_by(interface, address, deadline);
    if (set) return set;
    error = std::move(set).error();
  }
  return error;
}

}  // namespace vmcred::guest
