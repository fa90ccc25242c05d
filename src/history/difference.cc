// SPDX-License-Identifier: Apache-2.0
#include "history/difference.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "base/text.h"

namespace vmcred::history {
namespace {

using nlohmann::json;

// These tables are compared one level deeper: one secret more is not another set.
constexpr std::string_view k_tables[] = {"secrets", "static", "vsock", "guest"};

void add_keys(const json& now, const json& then, const std::string& prefix, std::set<std::string>& keys) {
  const auto member = [](const json& table, const std::string& key) {
    const auto found = table.find(key);
    return found == table.end() ? json() : *found;
  };
  std::set<std::string> all;
  for (const json* table : {&now, &then})
    for (const auto& [key, value] : table->items()) all.insert(key);
  for (const auto& key : all) {
    const json a = member(now, key);
    const json b = member(then, key);
    if (a == b) continue;
    const bool is_table = prefix.empty() && a.is_object() && b.is_object() &&
                          std::ranges::find(k_tables, key) != std::end(k_tables);
    if (is_table)
      add_keys(a, b, key + ".", keys);
    else
      keys.insert(prefix + key);
  }
}

std::vector<std::string> differing_keys(const std::string& now, const std::string& then) {
  if (now == then) return {};
  std::set<std::string> keys;
  add_keys(json::parse(now), json::parse(then), "", keys);
  return {keys.begin(), keys.end()};
}

bool is_unseen(const Launch& launch, const std::string& secret) {
  return std::ranges::find(launch.unseen, secret, &Unseen::name) != launch.unseen.end();
}

void add_part(std::string& text, std::string_view noun, const std::vector<std::string>& names) {
  if (names.empty()) return;
  text += base::concat(text.empty() ? "" : "; ", noun, names.size() == 1 || noun.empty() ? "" : "s",
                       noun.empty() ? "" : " ", base::join(names, ", "));
}

}  // namespace

Difference difference(const Launch& now, const Record& then) {
  Difference found;
  found.entry_unknown = now.record.entry.empty() || then.entry.empty();
  if (!found.entry_unknown) found.keys = differing_keys(now.record.entry, then.entry);
  for (const BootFile& file : then.files) {
    const auto other = std::ranges::find(now.record.files, file.path, &BootFile::path);
    // One that is gone counts here, unless the config may name another by now.
    if (other == now.record.files.end() ? found.keys.empty() : *other != file)
      found.files.push_back(file.path);
  }
  for (const LaunchSecret& secret : now.record.secrets) {
    const auto other = std::ranges::find(then.secrets, secret.name, &LaunchSecret::name);
    if (other == then.secrets.end()) continue;
    if (is_unseen(now, secret.name))
      found.unseen.push_back(secret.name);
    else if (!is_same(secret.state, other->state))
      found.secrets.push_back(secret.name);
  }
  return found;
}

std::string sentence(const Difference& difference) {
  std::string text;
  add_part(text, "secret", difference.secrets);
  add_part(text, "key", difference.keys);
  if (difference.entry_unknown) add_part(text, "", {"the config, while it started"});
  add_part(text, "", difference.files);
  return text;
}

bool is_another(const Record& now, const Record& then) {
  if (then.entry.empty()) return false;
  if (now.entry != then.entry) return true;
  return std::ranges::any_of(then.secrets, [&](const LaunchSecret& secret) {
    if (!std::holds_alternative<KeptState>(secret.state)) return false;
    const auto other = std::ranges::find(now.secrets, secret.name, &LaunchSecret::name);
    return other == now.secrets.end() || !is_same(other->state, secret.state);
  });
}

}  // namespace vmcred::history
