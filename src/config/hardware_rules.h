// SPDX-License-Identifier: Apache-2.0
// How names and addresses of devices are written. Those that parse give the text in lower case, or nothing if
// it is no such text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vmcred::config {

inline constexpr std::size_t k_most_interface_name_bytes = 15;  // IFNAMSIZ

// A letter, then letters, digits, '.', '_' and '-': fewer than Linux takes, so that it is a name in every
// hypervisor's command line and in a unit. Not "all" and "default", which sysctl means otherwise, and "lo".
bool is_interface_name(std::string_view text);

// A letter or digit, then those, '.', '_' and '-', of any length.
bool is_share_tag(std::string_view text);

// "02:00:00:01:01:01", the address of one interface, not of a group, and not all zeros.
std::optional<std::string> parse_mac(std::string_view text);

// For an interface without one: always the same, and locally administered.
std::string made_mac(std::string_view vm, std::string_view interface);

// 32 hexadecimal digits, or a UUID, whose hyphens are taken out; not all zeros.
std::optional<std::string> parse_machine_id(std::string_view text);

// "0000:06:00.0"
std::optional<std::string> parse_pci_address(std::string_view text);

// "vendorid=0x0bda,productid=0x8153" or "hostbus=1,hostaddr=5"
std::optional<std::string> parse_usb_device(std::string_view text);

bool is_ipv4_address(const std::string& text);

}  // namespace vmcred::config
