// SPDX-License-Identifier: Apache-2.0
// The names that a config may choose, apart from those of credentials (credential/name.h).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace vmcred::config {

inline constexpr std::size_t k_max_user_bytes = 31;

// Lower-case letters, digits and single hyphens between them, at most 63: a host name's label, and safe in
// unit and file names.
bool is_vm_name(std::string_view text);

// A generator's or its file's: begins with a lower-case letter or digit; '.', '_' and '-' may follow.
bool is_store_name(std::string_view text);

// A machine of the store, as a host is named: a letter or digit, then those, '_' and '-', at most 63.
bool is_machine_name(std::string_view text);

// A unit of systemd with its suffix, such as "nginx.service".
bool is_unit_name(std::string_view text);

// A user or group that systemd takes for User= and Group=.
bool is_user_name(std::string_view text);

// Only characters that calendar expressions of systemd are made of, such as "Mon..Fri *-*-1,15 03:00
// Europe/Oslo".
bool is_calendar_text(std::string_view text);

// Is there a byte that would break a line of output, or end a C string?
bool has_control_character(std::string_view text);

// As a certificate names them; a host may have a wildcard in front.
bool is_ip_address(const std::string& text);
bool is_host_name(std::string_view text);

}  // namespace vmcred::config
