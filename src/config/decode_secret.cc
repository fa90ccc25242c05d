// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "config/decode.h"
#include "config/name_rules.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;
using credential::CredentialName;
using credential::SecretName;

// The name in the guest: the one that the entry gives, else the one that follows from the secret's.
std::optional<CredentialName> decode_credential(const TableReader& reader, const SecretName& name) {
  if (!reader.has("credential")) return name.guest_credential();
  std::string text;
  reader.read_line("credential", text);
  if (text.empty()) return std::nullopt;
  base::Result<CredentialName> parsed = CredentialName::parse(text);
  if (parsed) return *std::move(parsed);
  // The value is left out, like every one below secrets.
  const std::string_view sentence = parsed.error().what;
  const std::string prefix = concat("credential name ", quoted(text));
  reader.report("credential",
                concat("'credential'", sentence.starts_with(prefix) ? sentence.substr(prefix.size())
                                                                    : " is not the name of a credential"));
  return std::nullopt;
}

// A calendar expression of systemd.time(7). Whether it is a good one systemd itself says; here only what
// would break out of its line in a unit is kept away.
std::string decode_rotate(const TableReader& reader) {
  std::string rotate;
  if (!reader.has("rotate")) return rotate;
  reader.read_line("rotate", rotate);
  if (!reader.has("random") && !reader.has("generator"))
    reader.report("rotate", "'rotate' is for secrets of 'random' or 'generator', which vmcred can make anew");
  if (!rotate.empty() && !is_calendar_text(rotate))
    reader.report("rotate", "'rotate' must be a calendar expression, like \"monthly\" or \"Sun 03:00\"",
                  "check it: systemd-analyze calendar EXPRESSION");
  return rotate;
}

}  // namespace

std::optional<Secret> decode_secret(Context& context, std::string_view vm_name, const Member& member,
                                    const GeneratorIndex& generators, ClaimedNames& names) {
  base::Result<SecretName> name = SecretName::parse(member.key);
  if (!name) context.findings.add(member.key_location, name.error().what);
  const Node::Table* table = expect_table(
      context, member, "name a source: { path = … }, { random = … }, { generator = … } or { encrypted = … }");
  if (table == nullptr) return std::nullopt;

  const TableReader reader(context, *table, member.key_location, k_secret_keys, {vm_name, member.key});
  auto source = decode_source(reader, member.key, generators);
  bool allow_empty = false;
  bool privileged = false;
  reader.read_boolean("allow_empty", allow_empty);
  reader.read_boolean("privileged", privileged);
  std::string rotate = decode_rotate(reader);
  if (!name) return std::nullopt;
  auto credential = decode_credential(reader, *name);
  if (!credential) return std::nullopt;
  names.claim(*credential, {"secrets", member.key, member.key_location, privileged});
  if (!source) return std::nullopt;
  return Secret{.name = *std::move(name),
                .credential = *std::move(credential),
                .source = *std::move(source),
                .allow_empty = allow_empty,
                .privileged = privileged,
                .rotate = std::move(rotate)};
}

std::optional<StaticValue> decode_static(Context& context, std::string_view vm_name, const Member& member,
                                         ClaimedNames& names) {
  base::Result<CredentialName> name = CredentialName::parse(member.key);
  if (!name) context.findings.add(member.key_location, name.error().what);
  std::string value;
  bool privileged = false;
  if (const auto* text = std::get_if<std::string>(&member.value.value)) {
    value = *text;
  } else if (const auto* table = std::get_if<Node::Table>(&member.value.value)) {
    const TableReader reader(context, *table, member.key_location, k_static_keys, {vm_name, member.key});
    reader.read_text("value", value);
    reader.read_boolean("privileged", privileged);
    if (!reader.has("value")) reader.report("value", concat(reader.title(), " needs 'value'"));
  } else {
    context.findings.add(
        member.value.location,
        concat(quoted(member.key), " must be a string or a table, not ", noun(member.value)));
  }
  if (!name) return std::nullopt;
  names.claim(*name, {"static", member.key, member.key_location, privileged});
  return StaticValue{*std::move(name), std::move(value), privileged};
}

}  // namespace vmcred::config
