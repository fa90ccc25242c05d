// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "base/text.h"
#include "config/decode.h"
#include "config/hardware_rules.h"

namespace vmcred::config {
namespace {

using base::concat;

// `end` is "host" or "guest".
void decode_end(const TableReader& reader, std::string_view end, const TableKeys& keys, std::string& address,
                std::uint16_t& port) {
  reader.require(end, concat("add '", end, ".port = NUMBER'"));
  const Node::Table* table = reader.read_table(end);
  if (table == nullptr) return;
  const TableReader end_reader(reader.context(), *table, reader.find(end)->key_location, keys,
                               reader.names());
  end_reader.read_line("address", address);
  if (!address.empty() && !is_ipv4_address(address))
    end_reader.report("address", "'address' must be an IPv4 address, like \"127.0.0.1\"");
  end_reader.require("port");
  end_reader.read_whole("port", 1, std::numeric_limits<std::uint16_t>::max(), port);
}

ForwardedPort decode_forwarded_port(const TableReader& reader) {
  ForwardedPort port;
  reader.read_choice("from", k_forwarded_from_spellings, port.from);
  reader.read_choice("protocol", k_port_protocol_spellings, port.protocol);
  decode_end(reader, "host", k_port_host_keys, port.host_address, port.host_port);
  decode_end(reader, "guest", k_port_guest_keys, port.guest_address, port.guest_port);
  return port;
}

}  // namespace

void decode_forwarded_ports(const TableReader& reader, VirtualMachine& vm) {
  reader.read_tables("forward_ports", k_forwarded_port_keys, [&](const TableReader& element) {
    vm.forwarded_ports.push_back(decode_forwarded_port(element));
  });
}

}  // namespace vmcred::config
