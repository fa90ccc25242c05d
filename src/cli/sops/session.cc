// SPDX-License-Identifier: Apache-2.0
#include "cli/sops/session.h"

#include <sys/stat.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>

#include "base/text.h"
#include "cli/commands.h"
#include "command/output.h"
#include "secret/process_protection.h"
#include "sops/config_fields.h"
#include "sops/failure.h"

namespace vmcred::cli {
namespace {

using base::concat;
using sops::failed;
using sops::Failure;

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

struct RuleOption {
  std::string_view option;
  sops::Rule::Kind kind;
};
constexpr std::array<RuleOption, 6> k_rule_options{{
    {"--unencrypted-suffix", sops::Rule::Kind::unencrypted_suffix},
    {"--encrypted-suffix", sops::Rule::Kind::encrypted_suffix},
    {"--unencrypted-regex", sops::Rule::Kind::unencrypted_regex},
    {"--encrypted-regex", sops::Rule::Kind::encrypted_regex},
    {"--unencrypted-comment-regex", sops::Rule::Kind::unencrypted_comment_regex},
    {"--encrypted-comment-regex", sops::Rule::Kind::encrypted_comment_regex},
}};

base::Result<sops::Rule> rule_option(const command::Arguments& arguments) {
  sops::Rule rule;
  for (const auto& [option, kind] : k_rule_options) {
    const auto pattern = arguments.value(option);
    if (!pattern || pattern->empty()) continue;
    if (rule.kind != sops::Rule::Kind::none) {
      return failed(Failure::conflicting_options,
                    concat(option, " and another rule are given: one says which values are encrypted"));
    }
    rule = {.kind = kind, .pattern = *pattern};
  }
  return rule;
}

base::Error no_recipients(const SopsFile& file) {
  return failed(Failure::generic, concat("for whom? No recipient is named for ", subject_of(file)),
                "name them with --age or $SOPS_AGE_RECIPIENTS, or write a rule into .sops.yaml");
}

bool lacks_recipients(const std::vector<age::Recipients>& groups) {
  return groups.empty() ||
         std::all_of(groups.begin(), groups.end(), [](const auto& group) { return group.empty(); });
}

std::string recipients_of_caller(const command::Arguments& arguments) {
  return arguments.value("--age").value_or(environment("SOPS_AGE_RECIPIENTS"));
}

}  // namespace

base::Result<void> protect_secrets() {
  const mode_t mask = ::umask(077);
  auto done = secret::protect_process();
  ::umask(mask);
  return done;
}

sops::MacCheck mac_check(const command::Arguments& arguments) {
  return arguments.has("--ignore-mac") ? sops::MacCheck::ignored : sops::MacCheck::required;
}

base::Result<std::optional<sops::SopsConfig>> open_sops_config(const command::Arguments& arguments,
                                                               const command::Streams& streams) {
  std::vector<std::string> warnings;
  std::string path = arguments.value("--config").value_or(environment("SOPS_CONFIG"));
  if (path.empty()) path = sops::find_sops_config(".", warnings);
  std::optional<sops::SopsConfig> config;
  if (!path.empty()) { VMCRED_TRY_ASSIGN(config, sops::SopsConfig::load(path, warnings)); }
  for (const std::string& warning : warnings) command::warn(k_program_name, streams, warning);
  return config;
}

unsigned indent_for(const std::optional<sops::SopsConfig>& config, sops::Format format) {
  if (!config) return 0;
  switch (format) {
    case sops::Format::json:
      return config->indents().json;
    case sops::Format::binary:
      return config->indents().json_binary;
    case sops::Format::yaml:
      return config->indents().yaml;
    case sops::Format::dotenv:
      break;
  }
  return 0;
}

GroupList::GroupList(std::vector<age::Recipients> groups, std::optional<unsigned> shamir_threshold)
    : m_groups(std::move(groups)),
      m_views(m_groups.begin(), m_groups.end()),
      m_shamir_threshold(shamir_threshold) {}

base::Result<age::Recipients> parse_recipient_list(std::string_view text) {
  age::Recipients recipients;
  for (const std::string& part : sops::split_at_commas(text)) {
    VMCRED_TRY_ASSIGN(auto recipient, age::parse_recipient(part));
    recipients.push_back(std::move(recipient));
  }
  return recipients;
}

base::Result<std::optional<unsigned>> threshold_option(const command::Arguments& arguments) {
  const auto text = arguments.value("--shamir-secret-sharing-threshold");
  if (!text) return std::optional<unsigned>();
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size()) {
    return base::Error{
        .kind = base::ErrorKind::usage,
        .what = concat("--shamir-secret-sharing-threshold: ", base::quoted(*text), " is no number")};
  }
  return number == 0 ? std::optional<unsigned>() : std::optional(number);
}

base::Result<EncryptionPlan> plan_encryption(const command::Arguments& arguments, const SopsFile& file,
                                             const std::optional<sops::SopsConfig>& config) {
  VMCRED_TRY_ASSIGN(sops::Rule rule, rule_option(arguments));
  sops::CreationRule creation;
  if (config) {
    VMCRED_TRY_ASSIGN(auto found, config->rule_for(file.name));
    if (found) creation = *std::move(found);
  }
  if (const std::string texts = recipients_of_caller(arguments); !texts.empty()) {
    VMCRED_TRY_ASSIGN(auto recipients, parse_recipient_list(texts));
    creation.groups.clear();
    creation.groups.push_back(std::move(recipients));
    creation.shamir_threshold.reset();
  }
  if (lacks_recipients(creation.groups)) return no_recipients(file);
  VMCRED_TRY_ASSIGN(const auto threshold, threshold_option(arguments));
  if (threshold) creation.shamir_threshold = threshold;
  if (rule.kind == sops::Rule::Kind::none) rule = std::move(creation.rule);
  const bool mac_only_encrypted = creation.mac_only_encrypted || arguments.has("--mac-only-encrypted");
  return EncryptionPlan{.keys = GroupList(std::move(creation.groups), creation.shamir_threshold),
                        .options = {.rule = std::move(rule), .mac_only_encrypted = mac_only_encrypted}};
}

base::Result<void> Keys::load() {
  VMCRED_TRY_ASSIGN(m_keyring, store::Keyring::load({}, &m_prompt, &m_plugin_ui));
  return {};
}

base::Error Keys::explained(base::Error error) const {
  if (sops::failure_of(error) != Failure::no_key) return error;
  for (const std::string& problem : m_keyring->problems()) {
    error.others.push_back({.kind = base::ErrorKind::credential, .what = problem});
  }
  return std::move(error).with_hint("set $SOPS_AGE_KEY_FILE to the file of an identity that can open it");
}

base::Result<sops::Document> read_sops_file(const SopsFile& file) {
  VMCRED_TRY_ASSIGN(const auto contents, read_contents(file));
  return parse_sops_file(file, contents.bytes());
}

base::Result<sops::Document> parse_sops_file(const SopsFile& file, crypto::Bytes contents) {
  auto document = sops::parse_encrypted(contents, file.input_format);
  if (document) return document;
  base::Error error = base::in(subject_of(file), std::move(document));
  // Only plain files that can't be parsed, or are empty, have numbers of their own in the sops program.
  const Failure failure = sops::failure_of(error);
  if (failure == Failure::unreadable || failure == Failure::empty_file)
    error.detail = static_cast<int>(Failure::generic);
  return error;
}

base::Result<sops::OpenDocument> open_sops_file(const command::Arguments& arguments, const SopsFile& file,
                                                const Keys& keys) {
  VMCRED_TRY_ASSIGN(auto document, read_sops_file(file));
  auto opened = sops::open(std::move(document), keys.identities(), mac_check(arguments));
  if (!opened) return keys.explained(base::in(subject_of(file), std::move(opened)));
  return opened;
}

std::string subject_of(const SopsFile& file) { return file.path.empty() ? "standard input" : file.path; }

}  // namespace vmcred::cli
