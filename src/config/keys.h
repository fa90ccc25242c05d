// SPDX-License-Identifier: Apache-2.0
// Every key that a config may have, once. The decoders refuse what is not listed here, and a test holds the
// list against schema/vmcred.schema.json.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vmcred::config {

// The keys of one kind of table. In `place`, "*" stands for a name that the user chose, "[*]" for each
// element of an array.
struct TableKeys {
  std::string_view place;
  std::span<const std::string_view> values;
  std::span<const std::string_view> tables;
};

extern const TableKeys k_root_keys;
extern const TableKeys k_host_keys;
extern const TableKeys k_store_keys;
extern const TableKeys k_age_recipients_keys;
extern const TableKeys k_generator_keys;
extern const TableKeys k_generator_file_keys;
extern const TableKeys k_prompt_keys;
extern const TableKeys k_display_keys;
extern const TableKeys k_vm_keys;
extern const TableKeys k_vsock_keys;
extern const TableKeys k_guest_keys;
extern const TableKeys k_balloon_keys;
extern const TableKeys k_volume_keys;
extern const TableKeys k_share_keys;
extern const TableKeys k_interface_keys;
extern const TableKeys k_forwarded_port_keys;
extern const TableKeys k_port_host_keys;
extern const TableKeys k_port_guest_keys;
extern const TableKeys k_device_keys;
extern const TableKeys k_secret_keys;
extern const TableKeys k_static_keys;

// All keys that hold a value, such as "vms.*.secrets.*.path", in the order of docs/config.md.
std::vector<std::string> known_keys();

}  // namespace vmcred::config
