// SPDX-License-Identifier: Apache-2.0
#include "config/decode.h"
#include "config/first_owners.h"
#include "config/hardware_rules.h"

namespace vmcred::config {
namespace {

void read_device_path(const TableReader& reader, Device& device) {
  std::string text;
  reader.read_line("path", text);
  if (text.empty()) return;
  const bool is_pci = device.bus == Device::Bus::pci;
  if (auto path = is_pci ? parse_pci_address(text) : parse_usb_device(text)) {
    device.path = *std::move(path);
  } else if (is_pci) {
    reader.report("path", "'path' must be a PCI address, like \"0000:06:00.0\"", "list them: lspci -D");
  } else {
    reader.report("path",
                  "'path' must be like \"vendorid=0x0bda,productid=0x8153\" or \"hostbus=1,hostaddr=5\"",
                  "list them: lsusb");
  }
}

Device decode_device(const TableReader& reader) {
  Device device;
  reader.require("bus", "choose one of: pci, usb");
  const bool is_known = reader.read_choice("bus", k_device_bus_spellings, device.bus);
  reader.require("path", "add 'path = \"0000:06:00.0\"', its address on the host");
  if (is_known && reader.has("bus")) read_device_path(reader, device);
  return device;
}

}  // namespace

void decode_devices(const TableReader& reader, VirtualMachine& vm) {
  FirstOwners paths("path");
  reader.read_tables("devices", k_device_keys, [&](const TableReader& element) {
    vm.devices.push_back(decode_device(element));
    paths.claim(element, vm.devices.back().path);
  });
}

}  // namespace vmcred::config
