// SPDX-License-Identifier: Apache-2.0
// What the units that belong to a config are called, and where they find each other. Whoever makes them, is
// started by them or asks about them goes by these names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/model.h"

namespace vmcred::config {

inline constexpr std::string_view k_provider_socket_path = "/run/vmcred/provider.sock";
inline constexpr std::string_view k_vm_template = "microvm@.service";
inline constexpr std::string_view k_vms_target = "microvms.target";
inline constexpr std::string_view k_provider_socket_unit = "vmcred-provider.socket";
inline constexpr std::string_view k_provider_service_unit = "vmcred-provider.service";

// The credentials that the provider gets: "identity.0", "identity.1", … for store.identity in its order, and
// "identity.host" for host.identity_encrypted.
inline constexpr std::string_view k_identity_credential_prefix = "identity.";
inline constexpr std::string_view k_host_identity_credential = "identity.host";

// Of the socket name by which systemd tells a provider who asks for what (sun_path without what it needs
// itself), this much is left for the names of the unit and the credential together.
inline constexpr std::size_t k_max_unit_and_credential_bytes = 83;

// Whom the VM runs as: of `user`, else one that is named after the VM.
std::string user_name(const VirtualMachine& vm);

// "microvm@web.service"
std::string vm_unit_name(std::string_view vm);

// The VM of such a name, or nothing if it is no such name.
std::optional<std::string_view> vm_of_unit(std::string_view unit);

// "vmcred-rotate@web:api-key", with ".timer" and ".service" behind it.
std::string rotation_unit_stem(std::string_view vm, std::string_view secret);

// "vmcred-watch@web", with ".path" and ".service" behind it.
std::string watch_unit_stem(std::string_view vm);

// Where `vmcred vars encrypt-for-host` puts a kept secret of a VM with `deliver = "encrypted"`: the blob,
// whose name inside is the secret's host_credential().
std::string encrypted_credential_path(const VirtualMachine& vm, const Secret& secret);

// Does vmcred keep it in its store? The others are files of somebody else's.
bool is_kept(const Secret& secret);

// Does it reach the unit through the provider's socket?
bool is_provided(const VirtualMachine& vm, const Secret& secret);

}  // namespace vmcred::config
