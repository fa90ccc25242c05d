// SPDX-License-Identifier: Apache-2.0
#include "store/key_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"

namespace vmcred::store {
namespace {

using Json = nlohmann::ordered_json;
using Type = PublicKey::Type;

constexpr std::size_t k_max_bytes = 1024UL * 1024;

base::Error malformed_key_json(std::string_view subject) {
  return {.kind = base::ErrorKind::config,
          .what = base::concat(subject, R"(: expected [{"publickey": "age1…", "type": "age"}, …])"),
          .hint = "restore the file from git, or add the key again with --force"};
}

std::optional<Type> type_of(std::string word) {
  std::ranges::transform(word, word.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  if (word == "age") return Type::age;
  if (word == "pgp") return Type::pgp;
  return std::nullopt;
}

std::optional<PublicKey> parse_key(const Json& object) {
  if (!object.is_object()) return std::nullopt;
  const auto key = object.find("publickey");
  const auto type = object.find("type");
  if (key == object.end() || !key->is_string() || type == object.end() || !type->is_string())
    return std::nullopt;
  const auto known = type_of(type->get<std::string>());
  std::string text = key->get<std::string>();
  if (!known || text.empty()) return std::nullopt;
  return PublicKey{.type = *known, .text = std::move(text)};
}

bool by_text(const PublicKey& a, const PublicKey& b) {
  return std::tie(a.text, a.type) < std::tie(b.text, b.type);
}

void sort_unique(std::vector<PublicKey>& keys) {
  std::ranges::sort(keys, by_text);
  const auto repeated = std::ranges::unique(keys);
  keys.erase(repeated.begin(), repeated.end());
}

}  // namespace

base::Result<std::vector<PublicKey>> parse_key_json(std::string_view text, std::string_view subject) {
  if (text.size() > k_max_bytes) return malformed_key_json(subject);
  // Nothing in the form is deeper than an array of objects of strings; the parser must not go down further.
  const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= 3; };
  Json document = Json::parse(text, shallow, false);
  if (document.is_object()) document = Json::array({std::move(document)});
  if (!document.is_array()) return malformed_key_json(subject);
  std::vector<PublicKey> keys;
  for (const auto& object : document) {
    auto key = parse_key(object);
    if (!key) return malformed_key_json(subject);
    keys.push_back(*std::move(key));
  }
  sort_unique(keys);
  return keys;
}

std::string key_json(std::vector<PublicKey> keys) {
  sort_unique(keys);
  Json document = Json::array();
  for (const auto& key : keys)
    document.push_back({{"publickey", key.text}, {"type", key.type == Type::pgp ? "pgp" : "age"}});
  return document.dump(2, ' ', true, Json::error_handler_t::replace);
}

std::string without_comment(std::string_view recipient) {
  if (!recipient.starts_with("ssh-")) return std::string(recipient);
  const auto first = recipient.find(' ');
  return std::string(first == std::string_view::npos ? recipient
                                                     : recipient.substr(0, recipient.find(' ', first + 1)));
}

}  // namespace vmcred::store
