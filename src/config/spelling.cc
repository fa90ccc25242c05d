// SPDX-License-Identifier: Apache-2.0
#include "config/spelling.h"

#include <algorithm>

#include "config/load.h"

namespace vmcred::config {
namespace {

template <typename Enum, std::size_t size>
std::string_view find(const std::array<Spelling<Enum>, size>& spellings, Enum value) {
  return std::ranges::find(spellings, value, &Spelling<Enum>::value)->text;
}

}  // namespace

std::string_view spelling(Hypervisor value) { return find(k_hypervisor_spellings, value); }
std::string_view spelling(Machine value) { return find(k_machine_spellings, value); }
std::string_view spelling(Accelerator value) { return find(k_accelerator_spellings, value); }
std::string_view spelling(Transport value) { return find(k_transport_spellings, value); }
std::string_view spelling(VsockDevice value) { return find(k_vsock_device_spellings, value); }
std::string_view spelling(Volume::Format value) { return find(k_volume_format_spellings, value); }
std::string_view spelling(Share::Protocol value) { return find(k_share_protocol_spellings, value); }
std::string_view spelling(Share::Cache value) { return find(k_share_cache_spellings, value); }
std::string_view spelling(Share::SecurityModel value) { return find(k_security_model_spellings, value); }
std::string_view spelling(Interface::Type value) { return find(k_interface_type_spellings, value); }
std::string_view spelling(Interface::MacvtapMode value) { return find(k_macvtap_mode_spellings, value); }
std::string_view spelling(ForwardedPort::From value) { return find(k_forwarded_from_spellings, value); }
std::string_view spelling(ForwardedPort::Protocol value) { return find(k_port_protocol_spellings, value); }
std::string_view spelling(Device::Bus value) { return find(k_device_bus_spellings, value); }
std::string_view spelling(Delivery value) { return find(k_delivery_spellings, value); }
std::string_view spelling(StoreBackend value) { return find(k_store_backend_spellings, value); }
std::string_view spelling(FileKind::Type value) { return find(k_kind_spellings, value); }
std::string_view spelling(FileKind::Algorithm value) { return find(k_algorithm_spellings, value); }
std::string_view spelling(NeededFor value) { return find(k_needed_for_spellings, value); }
std::string_view spelling(Prompt::Type value) { return find(k_prompt_type_spellings, value); }

}  // namespace vmcred::config
