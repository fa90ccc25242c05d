// SPDX-License-Identifier: Apache-2.0
#include "history/record.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace vmcred::history {
namespace {

using base::Result;
using nlohmann::json;
using nlohmann::ordered_json;

constexpr int k_format = 1;

ordered_json files_as_json(const std::vector<BootFile>& files) {
  auto list = ordered_json::array();
  for (const auto& file : files)
    list.push_back({{"path", file.path}, {"bytes", file.bytes}, {"modified_ns", file.modified_ns}});
  return list;
}

ordered_json secrets_as_json(const std::vector<LaunchSecret>& secrets) {
  auto list = ordered_json::array();
  for (const auto& secret : secrets)
    list.push_back({{"name", secret.name}, {"state", text_of(secret.state)}});
  return list;
}

// Throws json::exception where a member is not there or is another type.
Record record_of(const json& root) {
  Record record{.vm = root.at("vm").get<std::string>(),
                .started = root.at("started").get<std::string>(),
                .program = root.at("program").get<std::string>(),
                .invocation = root.at("invocation").get<std::string>(),
                .entry = root.at("entry").is_object() ? root.at("entry").dump() : "",
                .files = {},
                .secrets = {}};
  for (const json& file : root.at("files"))
    record.files.push_back({.path = file.at("path").get<std::string>(),
                            .bytes = file.at("bytes").get<std::uint64_t>(),
                            .modified_ns = file.at("modified_ns").get<std::int64_t>()});
  for (const json& secret : root.at("secrets"))
    record.secrets.push_back(
        {.name = secret.at("name").get<std::string>(),
         .state = parse_state(secret.at("state").get<std::string>()).value_or(UnknownState{})});
  return record;
}

}  // namespace

std::string text_of(const Record& record) {
  const ordered_json shown = {
      {"format", k_format},
      {"vm", record.vm},
      {"started", record.started},
      {"program", record.program},
      {"invocation", record.invocation},
      {"entry", record.entry.empty() ? ordered_json(nullptr) : ordered_json::parse(record.entry)},
      {"files", files_as_json(record.files)},
      {"secrets", secrets_as_json(record.secrets)}};
  return shown.dump(2) + "\n";
}

Result<Record> parse_record(std::string_view text, std::string_view subject) {
  // The library's own failures become one of ours here, and nowhere else.
  try {
    const json root = json::parse(text);
    if (root.at("format") == k_format) return record_of(root);
  } catch (const json::exception&) {}
  return base::Error{.kind = base::ErrorKind::io,
                     .what = base::concat(subject, " is no record of a launch"),
                     .hint = base::concat("remove it; the VM's next start writes it anew: rm ", subject)};
}

}  // namespace vmcred::history
