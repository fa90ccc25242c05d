// SPDX-License-Identifier: Apache-2.0
// A way to an address on the link, early in the boot when no network is configured.
#pragma once

#include <netinet/in.h>
#include <string>
#include <vector>

#include "base/result.h"

namespace vmcred::guest {

// Does the kernel know a way to this address?
bool has_route(const sockaddr_in& address);

// The Ethernet interfaces that are a device's, by name.
std::vector<std::string> ethernet_interfaces();

// An address near `address` on an interface that is up, for as long as this lives; afterwards the interface
// is as it was. Needs root: otherwise a `host` error.
class TemporaryAddress {
 public:
  static base::Result<TemporaryAddress> on(const std::string& interface, const sockaddr_in& address);
  TemporaryAddress(TemporaryAddress&& other) noexcept;
  TemporaryAddress(const TemporaryAddress&) = delete;
  TemporaryAddress& operator=(const TemporaryAddress&) = delete;
  ~TemporaryAddress();

 private:
  TemporaryAddress(std::string interface, short flags) : m_interface(std::move(interface)), m_flags(flags) {}

  std::string m_interface;  // "" after a move
  short m_flags;            // the interface's from before
};

}  // namespace vmcred::guest
