// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "cli/vmm/commands.h"
#include "config/load.h"

namespace vmcred::cli {
namespace {

using nlohmann::ordered_json;
using vmm::Capability;

ordered_json as_json(const vmm::TransportOffer& way) {
  ordered_json shown = {{"transport", config::spelling(way.transport)}, {"bytes", way.bytes}};
  if (way.structures > 0) shown["structures"] = way.structures;
  if (way.request_bytes > 0) shown["request_bytes"] = way.request_bytes;
  if (way.items > 0) shown["items"] = way.items;
  return shown;
}

ordered_json number_or_null(std::size_t number) {
  return number == 0 ? ordered_json(nullptr) : ordered_json(number);
}

ordered_json hardware(const Capability& row) {
  const auto& interfaces = row.interfaces;
  return {{"balloon",
           {{"device", row.balloon.device},
            {"initial", row.balloon.initial},
            {"deflate_on_oom", row.balloon.deflate_on_oom}}},
          {"hugepages", row.hugepages},
          {"hotplug_mem", row.hotplug},
          {"most_vcpus", number_or_null(row.most_cpus)},
          {"cpu_model", row.cpu_model},
          {"uuid", row.uuid},
          {"graphics", row.graphics},
          {"console", row.console},
          {"interfaces",
           {{"types", vmm::types_of(interfaces)},
            {"several_queues", interfaces.several_queues},
            {"vhost", interfaces.vhost},
            {"forward_ports", row.forwarded_ports}}},
          {"shares",
           {{"virtiofs", row.shares.virtiofs},
            {"virtiofs_read_only", row.shares.virtiofs_read_only},
            {"9p", row.shares.plan9},
            {"9p_read_only", row.shares.plan9_read_only},
            {"9p_security_models", row.shares.plan9_models}}},
          {"volumes",
           {{"qcow2", row.volumes.qcow2},
            {"serial", row.volumes.serial},
            {"direct", row.volumes.direct},
            {"read_only", row.volumes.read_only},
            {"most", number_or_null(row.volumes.most)}}},
          {"devices", devices_of(row)}};
}

ordered_json as_json(const Capability& row) {
  const bool has_machines = row.hypervisor == config::Hypervisor::qemu;
  ordered_json shown = {
      {"hypervisor", config::spelling(row.hypervisor)},
      {"machine", has_machines ? ordered_json(config::spelling(row.machine)) : ordered_json(nullptr)},
      {"program", row.program},
      {"comes_from", row.comes_from},
      {"transports", ordered_json::array()},
      {"api", spelling(row.api)},
      {"stop", spelling(row.stop)},
      {"readiness", spelling(row.readiness)},
      {"vsock", ordered_json::array()},
      {"kernel_params", row.kernel_params},
      {"kernel_line_bytes", number_or_null(row.kernel_line_bytes)}};
  for (const auto& way : row.transports) shown["transports"].push_back(as_json(way));
  for (const auto back_end : row.vsock) shown["vsock"].push_back(spelling(back_end));
  shown.update(hardware(row));
  return shown;
}

}  // namespace

std::string capabilities_as_json(std::span<const Capability> capabilities) {
  ordered_json shown = {{"hypervisors", ordered_json::array()}};
  for (const auto& row : capabilities) shown["hypervisors"].push_back(as_json(row));
  return shown.dump(2) + "\n";
}

}  // namespace vmcred::cli
