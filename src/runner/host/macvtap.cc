// SPDX-License-Identifier: Apache-2.0
#include "runner/host/macvtap.h"

#include <charconv>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Result;

Result<unsigned> index_of(const config::Interface& interface, const std::string& interfaces) {
  constexpr std::size_t k_max_bytes = 64;
  const auto text = base::read_text_file(concat(interfaces, "/", interface.id, "/ifindex"), k_max_bytes);
  unsigned index = 0;
  if (text && std::from_chars(text->data(), text->data() + text->size(), index).ec == std::errc() &&
      index > 0)
    return index;
  return base::Error{.kind = base::ErrorKind::host,
                     .what = concat("this host has no interface ", base::quoted(interface.id)),
                     .hint = concat("the VM's unit makes it; by hand: ip link add link ", interface.link,
                                    " name ", interface.id, " type macvtap")};
}

}  // namespace

Result<std::vector<vmm::MacvtapDevice>> find_macvtap_devices(const config::VirtualMachine& vm,
                                                             const std::string& interfaces) {
  std::vector<vmm::MacvtapDevice> devices;
  for (const auto& interface : vm.interfaces) {
    if (interface.type != config::Interface::Type::macvtap) continue;
    VMCRED_TRY_ASSIGN(const unsigned index, index_of(interface, interfaces));
    devices.push_back({.interface = interface.id, .path = concat("/dev/tap", index)});
  }
  return devices;
}

}  // namespace vmcred::runner
