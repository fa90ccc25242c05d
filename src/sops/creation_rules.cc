// SPDX-License-Identifier: Apache-2.0
#include "sops/creation_rules.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "sops/config_fields.h"
#include "sops/failure.h"
#include "sops/yaml.h"

namespace vmcred::sops {
namespace {

using base::concat;

constexpr std::size_t k_most_bytes = std::size_t{1} << 20U;
constexpr std::size_t k_most_folders = 100;  // as many as sops looks at
constexpr std::string_view k_name = ".sops.yaml";
constexpr std::string_view k_other_name = ".sops.yml";

constexpr std::array<std::string_view, 7> k_foreign_keys{
    "pgp", "kms", "aws_profile", "gcp_kms", "hckms", "azure_keyvault", "hc_vault_transit_uri"};
constexpr std::array<std::string_view, 6> k_foreign_group_keys{
    "pgp", "kms", "gcp_kms", "hckms", "azure_keyvault", "hc_vault"};

std::vector<std::string> known_rule_fields() {
  std::vector<std::string> names{"path_regex",         "age", "key_groups", "shamir_threshold",
                                 "mac_only_encrypted", "<<"};
  for (const Rule::Kind kind : rule_kinds()) names.emplace_back(field_name(kind));
  names.insert(names.end(), k_foreign_keys.begin(), k_foreign_keys.end());
  return names;
}

// sops passes over fields that it does not know. A misspelt rule is a secret for the wrong people: say so.
void warn_of_unknown_fields(const Map& rule, const std::string& path, std::vector<std::string>& warnings) {
  const std::vector<std::string> known = known_rule_fields();
  for (const Entry& entry : rule.entries) {
    if (is_comment(entry.value) || std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    warnings.push_back(concat(path, ": a creation rule has the unknown field ", base::quoted(entry.key),
                              base::did_you_mean(entry.key, known)));
  }
}

// Other programs and people keep notes of their own at the top: only what looks like a slip is told.
void warn_of_misspelt_sections(const Map& config, const std::string& path,
                               std::vector<std::string>& warnings) {
  const std::vector<std::string> known{"creation_rules", "destination_rules", "stores"};
  for (const Entry& entry : config.entries) {
    if (is_comment(entry.value) || std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
    const std::string hint = base::did_you_mean(entry.key, known);
    if (!hint.empty()) warnings.push_back(concat(path, ": unknown field ", base::quoted(entry.key), hint));
  }
}

base::Result<unsigned> indent_of(const Map& stores, std::string_view format) {
  const Node* node = config_field(stores, format);
  const auto* store = node == nullptr ? nullptr : std::get_if<Map>(&node->value);
  if (store == nullptr) return 0U;
  VMCRED_TRY_ASSIGN(const auto indent, config_number(*store, "indent"));
  return indent.value_or(0);
}

base::Result<Indents> read_indents(const Map& config) {
  Indents indents;
  const Node* node = config_field(config, "stores");
  const auto* stores = node == nullptr ? nullptr : std::get_if<Map>(&node->value);
  if (stores == nullptr) return indents;
  VMCRED_TRY_ASSIGN(indents.json, indent_of(*stores, "json"));
  VMCRED_TRY_ASSIGN(indents.json_binary, indent_of(*stores, "json_binary"));
  VMCRED_TRY_ASSIGN(indents.yaml, indent_of(*stores, "yaml"));
  return indents;
}

base::Error foreign_key(std::string_view field) {
  return failed(
      Failure::generic,
      concat("the rule names keys of the type ", base::quoted(field), ", and vmcred has age's only"),
      "use the sops program for these files, or give the rule age recipients");
}

bool is_given(const Node& node) {
  if (const auto* leaf = std::get_if<Leaf>(&node.value)) return !leaf->plaintext.empty();
  const auto* sequence = std::get_if<Sequence>(&node.value);
  return sequence == nullptr || !sequence->items.empty();
}

base::Result<void> refuse_foreign_keys(const Map& map, std::span<const std::string_view> fields) {
  for (const std::string_view field : fields) {
    const Node* node = config_field(map, field);
    if (node != nullptr && is_given(*node)) return foreign_key(field);
  }
  return {};
}

base::Result<void> add_age_recipients(const Map& map, age::Recipients& group) {
  const Node* node = config_field(map, "age");
  if (node == nullptr) return {};
  VMCRED_TRY_ASSIGN(const auto texts, texts_in(*node, "age"));
  for (const std::string& text : texts) {
    VMCRED_TRY_ASSIGN(auto recipient, age::parse_recipient(text));
    group.push_back(std::move(recipient));
  }
  return {};
}

// A group of "key_groups"; those that it merges come first.
base::Result<void> add_group(const Map& map, age::Recipients& group) {
  if (const Node* merged = config_field(map, "merge")) {
    VMCRED_TRY_ASSIGN(const auto maps, maps_in(*merged, "merge"));
    for (const Map* inner : maps) VMCRED_TRY(add_group(*inner, group));
  }
  VMCRED_TRY(refuse_foreign_keys(map, k_foreign_group_keys));
  return add_age_recipients(map, group);
}

base::Result<std::vector<age::Recipients>> read_groups(const Map& rule) {
  std::vector<age::Recipients> groups;
  const Node* node = config_field(rule, "key_groups");
  if (node != nullptr && is_given(*node)) {
    VMCRED_TRY_ASSIGN(const auto maps, maps_in(*node, "key_groups"));
    for (const Map* map : maps) VMCRED_TRY(add_group(*map, groups.emplace_back()));
    return groups;
  }
  VMCRED_TRY(refuse_foreign_keys(rule, k_foreign_keys));
  VMCRED_TRY(add_age_recipients(rule, groups.emplace_back()));
  return groups;
}

base::Result<Rule> read_rule(const Map& map) {
  Rule rule;
  for (const Rule::Kind kind : rule_kinds()) {
    VMCRED_TRY_ASSIGN(std::string pattern, config_text(map, field_name(kind)));
    if (pattern.empty()) continue;
    if (rule.kind != Rule::Kind::none) {
      return failed(Failure::generic, concat("a creation rule has both ", field_name(rule.kind), " and ",
                                             field_name(kind), ": one of them at most"));
    }
    rule = {.kind = kind, .pattern = std::move(pattern)};
  }
  return rule;
}

base::Result<CreationRule> read_creation_rule(const Map& map) {
  CreationRule result;
  VMCRED_TRY_ASSIGN(result.rule, read_rule(map));
  VMCRED_TRY_ASSIGN(result.groups, read_groups(map));
  VMCRED_TRY_ASSIGN(const auto threshold, config_number(map, "shamir_threshold"));
  if (threshold.value_or(0) != 0) result.shamir_threshold = threshold;
  VMCRED_TRY_ASSIGN(result.mac_only_encrypted, config_truth(map, "mac_only_encrypted"));
  return result;
}

base::Result<bool> is_about(const Map& rule, const std::string& relative_path) {
  VMCRED_TRY_ASSIGN(const std::string pattern, config_text(rule, "path_regex"));
  if (pattern.empty()) return true;
  const RE2 expression(pattern, RE2::Quiet);
  if (!expression.ok()) {
    return failed(Failure::generic, concat("path_regex ", base::quoted(pattern), ": ", expression.error()),
                  std::string(k_expressions_hint));
  }
  return RE2::PartialMatch(relative_path, expression);
}

std::string folder_of(const std::string& path) {
  return std::filesystem::path(absolute_path(path)).parent_path().string();
}

std::string relative_to(const std::string& folder, const std::string& path) {
  const std::string prefix = folder.ends_with('/') ? folder : folder + "/";
  return path.starts_with(prefix) ? path.substr(prefix.size()) : path;
}

}  // namespace

base::Result<SopsConfig> SopsConfig::parse(std::string path, std::string_view text,
                                           std::vector<std::string>& warnings) {
  SopsConfig config;
  config.m_path = std::move(path);
  auto trees = parse_yaml(bytes_of(text), Reading::plain);
  if (!trees && failure_of(trees.error()) == Failure::empty_file) return config;
  if (!trees) return base::in(config.m_path, std::move(trees));
  Map& tree = trees->front();
  warn_of_misspelt_sections(tree, config.m_path, warnings);
  auto indents = read_indents(tree);
  if (!indents) return base::in(config.m_path, std::move(indents));
  config.m_indents = *indents;
  Entry* const entry = find_entry(tree, "creation_rules");
  if (entry == nullptr || config_field(tree, "creation_rules") == nullptr) return config;
  auto rules = maps_in(entry->value, "creation_rules");
  if (!rules) return base::in(config.m_path, std::move(rules));
  for (const Map* rule : *rules) warn_of_unknown_fields(*rule, config.m_path, warnings);
  config.m_rules = std::move(std::get<Sequence>(entry->value.value));
  return config;
}

base::Result<SopsConfig> SopsConfig::load(const std::string& path, std::vector<std::string>& warnings) {
  auto text = base::read_text_file(path, k_most_bytes);
  if (!text) return failed(Failure::generic, text.error().what, text.error().hint);
  return parse(path, *text, warnings);
}

base::Result<std::optional<CreationRule>> SopsConfig::rule_for(const std::string& file) const {
  if (!m_rules) return std::optional<CreationRule>();
  const std::string relative_path = relative_to(folder_of(m_path), absolute_path(file));
  for (const Node& node : m_rules->items) {
    const auto* rule = std::get_if<Map>(&node.value);
    if (rule == nullptr) continue;  // a comment
    auto matches = is_about(*rule, relative_path);
    if (!matches) return base::in(m_path, std::move(matches));
    if (!*matches) continue;
    auto result = read_creation_rule(*rule);
    if (!result) return base::in(m_path, std::move(result));
    return std::optional(*std::move(result));
  }
  return failed(Failure::generic, concat(m_path, ": no creation rule is about ", base::quoted(relative_path)),
                "add a rule whose path_regex matches it, or one without path_regex at the end");
}

std::string find_sops_config(const std::string& directory, std::vector<std::string>& warnings) {
  std::filesystem::path folder = absolute_path(directory);
  for (std::size_t i = 0; i < k_most_folders; ++i, folder = folder.parent_path()) {
    const std::string path = (folder / k_name).string();
    if (base::path_exists(path)) return path;
    const std::string other = (folder / k_other_name).string();
    if (base::path_exists(other))
      warnings.push_back(concat(other, " is not read: the name must be ", k_name));
    if (folder == folder.root_path()) break;
  }
  return {};
}

std::string absolute_path(const std::string& path) {
  std::error_code error;
  const std::filesystem::path absolute = std::filesystem::absolute(path, error);
  std::string normal = (error ? std::filesystem::path(path) : absolute).lexically_normal().string();
  if (normal.size() > 1 && normal.ends_with('/')) normal.pop_back();
  return normal;
}

}  // namespace vmcred::sops
