// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "config/decode.h"
#include "config/first_owners.h"
#include "config/hardware_rules.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;
using Type = Interface::Type;

void read_interface_name(const TableReader& reader, std::string_view key, std::string& name) {
  reader.read_line(key, name);
  if (!name.empty() && !is_interface_name(name))
    reader.report(key,
                  concat(quoted(key), " must be a letter, then letters, digits, '.', '_' and '-', at most ",
                         k_most_interface_name_bytes));
}

void read_mac(const TableReader& reader, std::string_view vm_name, Interface& interface) {
  std::string text;
  reader.read_line("mac", text);
  if (!reader.has("mac")) {
    interface.mac = made_mac(vm_name, interface.id);
  } else if (auto mac = parse_mac(text)) {
    interface.mac = *std::move(mac);
  } else if (!text.empty()) {
    reader.report("mac", "'mac' must be the address of one interface, like \"02:00:00:01:01:01\"",
                  "the second digit is even: 2, 6, a or e for an address of one's own choice");
  }
}

// The keys that make sense for some types only.
void check_type(const TableReader& reader, Type type) {
  std::string word;
  reader.read_line("type", word);
  if (type != Type::tap) reader.refuse("bridge", "types 'bridge' and 'tap'", word);
  if (word == "bridge") reader.require("bridge", "add 'bridge = \"NAME\"', one of the host's");
  if (type == Type::macvtap) {
    reader.require("link", "add 'link = \"NAME\"', the host's interface below it");
  } else {
    reader.refuse("link", "type 'macvtap'", word);
    reader.refuse("mode", "type 'macvtap'", word);
  }
  if (type == Type::user) reader.refuse("vhost", "types 'tap', 'bridge' and 'macvtap'", word);
}

Interface decode_interface(const TableReader& reader, std::string_view vm_name) {
  Interface interface;
  reader.require("type", "choose one of: user, tap, macvtap, bridge");
  const bool is_known = reader.read_choice("type", k_interface_type_spellings, interface.type);
  if (is_known && reader.has("type")) check_type(reader, interface.type);
  reader.require("id", "add 'id = \"NAME\"', which for a tap is its name on the host");
  read_interface_name(reader, "id", interface.id);
  read_interface_name(reader, "bridge", interface.bridge);
  read_interface_name(reader, "link", interface.link);
  read_mac(reader, vm_name, interface);
  reader.read_choice("mode", k_macvtap_mode_spellings, interface.mode);
  reader.read_boolean("vhost", interface.vhost);
  return interface;
}

}  // namespace

void decode_interfaces(const TableReader& reader, VirtualMachine& vm) {
  FirstOwners ids("id");
  reader.read_tables("interfaces", k_interface_keys, [&](const TableReader& element) {
    vm.interfaces.push_back(decode_interface(element, vm.name));
    ids.claim(element, vm.interfaces.back().id);
  });
}

}  // namespace vmcred::config
