// SPDX-License-Identifier: Apache-2.0
// The metadata service before the network is configured: it is behind one of the interfaces, but which?
#pragma once

#include <netinet/in.h>
#include <span>
#include <string>

#include "base/result.h"
#include "credential/credential.h"
#include "guest/deadline.h"

namespace vmcred::guest {

// An interface that leads elsewhere gives no answer at all, so none gets all the time.
Deadline part_of(Deadline deadline);

// Tries one after the other. Fails like fetch_from_mmds(), with the last one's error; an interface that can't
// be configured is no reason not to try the others.
base::Result<credential::CredentialSet> fetch_by_interfaces(std::span<const std::string> interfaces,
                                                            const sockaddr_in& address, Deadline deadline);

}  // namespace vmcred::guest
