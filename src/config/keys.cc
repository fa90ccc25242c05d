// SPDX-License-Identifier: Apache-2.0
#include "config/keys.h"

#include <array>

#include "base/text.h"

namespace vmcred::config {
namespace {

template <std::size_t size>
using Keys = std::array<std::string_view, size>;

constexpr Keys<4> k_root_tables = {"host", "store", "generators", "vms"};
constexpr Keys<2> k_host_values = {"wait_for_secrets", "identity_encrypted"};
constexpr Keys<5> k_store_values = {"path", "backend", "groups", "identity", "age_recipients"};
constexpr Keys<1> k_store_tables = {"age_recipients_for"};
constexpr Keys<1> k_age_recipients_names = {"*"};  // age_recipients_for.MACHINE = […]
constexpr Keys<7> k_generator_values = {"script",   "dependencies", "share",          "runtime_inputs",
                                        "machines", "validation",   "validate_script"};
constexpr Keys<2> k_generator_tables = {"files", "prompts"};
constexpr Keys<15> k_generator_file_values = {
    "secret",        "deploy", "owner", "group",     "mode",        "needed_for",
    "restart_units", "kind",   "of",    "algorithm", "common_name", "subject_alternative_names",
    "days",          "ca",     "issuer"};
constexpr Keys<3> k_prompt_values = {"description", "type", "persist"};
constexpr Keys<1> k_prompt_tables = {"display"};
constexpr Keys<4> k_display_values = {"label", "group", "helper_text", "required"};
constexpr Keys<28> k_vm_values = {
    "vars_machine",  "kernel",       "initrd",    "kernel_params", "hypervisor",     "machine",
    "accelerator",   "cpu",          "program",   "extra_args",    "pre_start",      "process_name",
    "vcpu",          "mem",          "hugepages", "hotplug_mem",   "hotplugged_mem", "graphics",
    "machine_id",    "user",         "transport", "allow_swap",    "autostart",      "restart_if_changed",
    "start_timeout", "stop_timeout", "machined",  "deliver"};
constexpr Keys<10> k_vm_tables = {"vsock",   "guest",  "secrets",    "static",        "balloon",
                                  "volumes", "shares", "interfaces", "forward_ports", "devices"};
constexpr Keys<2> k_vsock_values = {"cid", "device"};
constexpr Keys<1> k_guest_values = {"systemd"};
constexpr Keys<2> k_balloon_values = {"initial", "deflate_on_oom"};
constexpr Keys<9> k_volume_values = {"image",     "format", "size",      "file_system", "label",
                                     "mkfs_args", "serial", "read_only", "direct"};
constexpr Keys<7> k_share_values = {"tag",   "source",         "protocol",      "read_only",
                                    "cache", "virtiofsd_args", "security_model"};
constexpr Keys<7> k_interface_values = {"type", "id", "mac", "bridge", "link", "mode", "vhost"};
constexpr Keys<2> k_forwarded_port_values = {"from", "protocol"};
constexpr Keys<2> k_forwarded_port_tables = {"host", "guest"};
constexpr Keys<2> k_port_end_values = {"address", "port"};
constexpr Keys<2> k_device_values = {"bus", "path"};
constexpr Keys<9> k_secret_values = {"path",   "random",     "generator",   "file",      "encrypted",
                                     "rotate", "credential", "allow_empty", "privileged"};
constexpr Keys<1> k_static_names = {"*"};  // static.NAME = "text"
constexpr Keys<2> k_static_values = {"value", "privileged"};

constexpr TableKeys k_static_name_keys = {"vms.*.static", k_static_names, {}};

}  // namespace

constexpr TableKeys k_root_keys = {"", {}, k_root_tables};
constexpr TableKeys k_host_keys = {"host", k_host_values, {}};
constexpr TableKeys k_store_keys = {"store", k_store_values, k_store_tables};
constexpr TableKeys k_age_recipients_keys = {"store.age_recipients_for", k_age_recipients_names, {}};
constexpr TableKeys k_generator_keys = {"generators.*", k_generator_values, k_generator_tables};
constexpr TableKeys k_generator_file_keys = {"generators.*.files.*", k_generator_file_values, {}};
constexpr TableKeys k_prompt_keys = {"generators.*.prompts.*", k_prompt_values, k_prompt_tables};
constexpr TableKeys k_display_keys = {"generators.*.prompts.*.display", k_display_values, {}};
constexpr TableKeys k_vm_keys = {"vms.*", k_vm_values, k_vm_tables};
constexpr TableKeys k_vsock_keys = {"vms.*.vsock", k_vsock_values, {}};
constexpr TableKeys k_guest_keys = {"vms.*.guest", k_guest_values, {}};
constexpr TableKeys k_balloon_keys = {"vms.*.balloon", k_balloon_values, {}};
constexpr TableKeys k_volume_keys = {"vms.*.volumes[*]", k_volume_values, {}};
constexpr TableKeys k_share_keys = {"vms.*.shares[*]", k_share_values, {}};
constexpr TableKeys k_interface_keys = {"vms.*.interfaces[*]", k_interface_values, {}};
constexpr TableKeys k_forwarded_port_keys = {"vms.*.forward_ports[*]", k_forwarded_port_values,
                                             k_forwarded_port_tables};
constexpr TableKeys k_port_host_keys = {"vms.*.forward_ports[*].host", k_port_end_values, {}};
constexpr TableKeys k_port_guest_keys = {"vms.*.forward_ports[*].guest", k_port_end_values, {}};
constexpr TableKeys k_device_keys = {"vms.*.devices[*]", k_device_values, {}};
constexpr TableKeys k_secret_keys = {"vms.*.secrets.*", k_secret_values, {}};
constexpr TableKeys k_static_keys = {"vms.*.static.*", k_static_values, {}};

std::vector<std::string> known_keys() {
  std::vector<std::string> keys;
  for (const TableKeys* table :
       {&k_host_keys,           &k_store_keys,     &k_age_recipients_keys, &k_generator_keys,
        &k_generator_file_keys, &k_prompt_keys,    &k_display_keys,        &k_vm_keys,
        &k_vsock_keys,          &k_guest_keys,     &k_balloon_keys,        &k_volume_keys,
        &k_share_keys,          &k_interface_keys, &k_forwarded_port_keys, &k_port_host_keys,
        &k_port_guest_keys,     &k_device_keys,    &k_secret_keys,         &k_static_name_keys,
        &k_static_keys})
    for (const std::string_view value : table->values) keys.push_back(base::concat(table->place, ".", value));
  return keys;
}

}  // namespace vmcred::config
