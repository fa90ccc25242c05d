// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "cli/vmm/commands.h"
#include "command/output.h"
#include "config/load.h"
#include "credential/credential.h"
#include "vmm/transport_limits.h"

namespace vmcred::cli {
namespace {

using base::concat;
using vmm::Capability;
using Words = std::vector<std::string>;

std::string listed(const Words& words) { return words.empty() ? "-" : base::join(words, ", "); }
std::string yes_no(bool value) { return value ? "yes" : "-"; }

std::string transports(const Capability& row) {
  Words words;
  for (const auto& way : row.transports) words.emplace_back(config::spelling(way.transport));
  return listed(words);
}

std::string back_ends(const Capability& row) {
  Words words;
  for (const auto back_end : row.vsock) words.emplace_back(spelling(back_end));
  return listed(words);
}

std::string limits(const vmm::TransportOffer& way) {
  Words words = {base::byte_count(way.bytes)};
  if (way.structures > 0) words.push_back(concat("in ", base::counted(way.structures, "structure")));
  if (way.request_bytes > 0)
    words.push_back(concat("and at most ", base::byte_count(way.request_bytes), " of the request"));
  if (way.structures > 0)
    words.push_back(concat(base::byte_count(vmm::k_page_bytes), " for guests before systemd ",
                           vmm::k_first_systemd_past_one_page));
  if (way.items > 0) words.push_back(concat(way.items, " items without asking for more"));
  return listed(words);
}

std::string volumes(const Capability& row) {
  auto words = spelled(row.volumes);
  if (row.volumes.most > 0) words.push_back(concat("at most ", row.volumes.most));
  return listed(words);
}

// Each line the same columns, as wide as their widest, with the titles on top.
std::string table(std::string_view title, std::vector<Words> lines) {
  std::vector<std::size_t> widths(lines.front().size());
  for (const auto& line : lines)
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  std::string text = concat(title, "\n");
  for (auto& line : lines) {
    std::string shown = " ";
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (i + 1 < line.size()) line[i].resize(widths[i], ' ');
      shown += concat(" ", line[i], i + 1 < line.size() ? " " : "");
    }
    text += shown + "\n";
  }
  return text;
}

std::string table_of(std::string_view title, std::span<const Capability> rows, const Words& columns,
                     Words (*cells)(const Capability&)) {
  std::vector<Words> lines = {{"hypervisor"}};
  lines.front().insert(lines.front().end(), columns.begin(), columns.end());
  for (const auto& row : rows) {
    lines.push_back({vmm::row_name(row)});
    const Words more = cells(row);
    lines.back().insert(lines.back().end(), more.begin(), more.end());
  }
  return table(title, std::move(lines));
}

// Most carry whatever a guest takes.
bool has_limit(const vmm::TransportOffer& way) {
  return way.bytes < credential::k_max_total_bytes || way.items > 0;
}

std::string limits_table(std::span<const Capability> rows) {
  std::vector<Words> lines = {{"hypervisor", "transport", "carries at most"}};
  for (const auto& row : rows)
    for (const auto& way : row.transports)
      if (has_limit(way))
        lines.push_back({vmm::row_name(row), std::string(config::spelling(way.transport)), limits(way)});
  lines.push_back(
      {"all", "others", concat(base::byte_count(credential::k_max_total_bytes), ", as systemd does")});
  return table("limits", std::move(lines));
}

}  // namespace

std::string capabilities_as_text(std::span<const Capability> rows) {
  const std::string control = table_of(
      "credentials and control", rows,
      {"transports, best first", "API", "graceful stop", "ready by", "vsock"}, [](const Capability& row) {
        return Words{transports(row), std::string(spelling(row.api)), std::string(spelling(row.stop)),
                     std::string(spelling(row.readiness)), back_ends(row)};
      });
  const std::string machine = table_of(
      "machine", rows,
      {"balloon", "hugepages", "hotplug", "CPU model", "machine id", "screen", "console", "devices"},
      [](const Capability& row) {
        return Words{listed(spelled(row.balloon)), yes_no(row.hugepages),          yes_no(row.hotplug),
                     yes_no(row.cpu_model),        row.uuid ? "yes, UUID" : "yes", yes_no(row.graphics),
                     yes_no(row.console),          listed(devices_of(row))};
      });
  const std::string network = table_of(
      "network", rows, {"interfaces", "queues", "vhost", "port forwarding"}, [](const Capability& row) {
        return Words{listed(vmm::types_of(row.interfaces)),
                     row.interfaces.several_queues ? "one a CPU" : "one", yes_no(row.interfaces.vhost),
                     yes_no(row.forwarded_ports)};
      });
  const std::string files = table_of("files", rows, {"volumes", "shares"}, [](const Capability& row) {
    return Words{volumes(row), listed(spelled(row.shares))};
  });
  const std::string programs = table_of(
      "programs", rows, {"program", "comes from"},
      [](const Capability& row) { return Words{std::string(row.program), std::string(row.comes_from)}; });
  return concat(control, "\n", machine, "\n", network, "\n", files, "\n", programs, "\n", limits_table(rows));
}

base::Result<void> run_vmm_list(const command::Arguments& arguments, const command::Streams& streams) {
  const auto rows = vmm::capabilities();
  return command::print(streams,
                        arguments.has("--json") ? capabilities_as_json(rows) : capabilities_as_text(rows));
}

}  // namespace vmcred::cli
