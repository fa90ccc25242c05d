// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "config/decode.h"
#include "config/kind.h"
#include "config/name_rules.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;
using KindType = FileKind::Type;

constexpr std::int64_t k_most_days = 36500;
constexpr std::size_t k_max_common_name_bytes = 64;  // RFC 5280, ub-common-name

constexpr std::array<std::string_view, 5> k_certificate_keys = {"common_name", "subject_alternative_names",
                                                                "days", "ca", "issuer"};

// "NAME" or "NAME:SIZE".
bool read_type(const TableReader& reader, FileKind& kind) {
  std::string text;
  reader.read_line("kind", text);
  if (text.empty()) return false;
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string name = text.substr(0, colon);
  const auto found = std::ranges::find(k_kind_spellings, std::string_view(name), &Spelling<KindType>::text);
  if (found == k_kind_spellings.end()) {
    std::vector<std::string> names;
    for (const auto& spelling : k_kind_spellings) names.emplace_back(spelling.text);
    reader.report("kind", concat("unknown kind ", quoted(name), base::did_you_mean(name, names)),
                  concat("choose one of: ", base::join(names, ", ")));
    return false;
  }
  kind.type = found->value;
  if (!has_size(kind.type)) {
    if (colon == text.size()) return true;
    reader.report("kind", concat("kind ", quoted(name), " has no size"));
    return false;
  }
  const auto size =
      colon == text.size() ? std::nullopt : parse_random_size(std::string_view(text).substr(colon + 1));
  if (!size) {
    reader.report("kind", concat("kind ", quoted(name), " must have a size from 1 to ", k_most_random_bytes),
                  concat("write it as \"", name, ":32\""));
    return false;
  }
  kind.size = *size;
  return true;
}

void refuse_keys_of_others(const TableReader& reader, std::optional<KindType> type) {
  const auto refuse = [&](std::string_view key, std::string_view whose) {
    if (reader.has(key)) reader.report(key, concat(quoted(key), " is for ", whose, " only"));
  };
  if (!type || !is_derived(*type)) refuse("of", "kinds that follow from another file");
  if (type != KindType::tls_key) refuse("algorithm", "kind 'tls-key'");
  if (type == KindType::tls_certificate) return;
  for (const std::string_view key : k_certificate_keys) refuse(key, "kind 'tls-certificate'");
}

void read_certificate(const TableReader& reader, Certificate& certificate) {
  reader.read_line("common_name", certificate.common_name);
  if (!reader.has("common_name"))
    reader.report("common_name", concat(reader.title(), " needs 'common_name'"));
  if (certificate.common_name.size() > k_max_common_name_bytes)
    reader.report("common_name", concat("'common_name' must be at most ", k_max_common_name_bytes, " bytes"));
  reader.read_lines("subject_alternative_names", certificate.subject_alternative_names);
  for (const std::string& name : certificate.subject_alternative_names)
    if (!is_ip_address(name) && !is_host_name(name))
      reader.report("subject_alternative_names",
                    concat(quoted(name), " is neither a host name nor an IP address"));
  reader.read_whole("days", 1, k_most_days, certificate.days);
  reader.read_boolean("ca", certificate.ca);
  reader.read_line("issuer", certificate.issuer);
}

}  // namespace

std::optional<FileKind> decode_kind(const TableReader& reader) {
  FileKind kind;
  const bool valid = read_type(reader, kind);
  if (valid || !reader.has("kind"))
    refuse_keys_of_others(reader, valid ? std::optional(kind.type) : std::nullopt);
  if (!valid) return std::nullopt;
  if (is_derived(kind.type)) {
    reader.read_line("of", kind.of);
    if (!reader.has("of"))
      reader.report("of", concat(reader.title(), " needs 'of'"), "name the file that it follows from");
  }
  if (kind.type == KindType::tls_key) reader.read_choice("algorithm", k_algorithm_spellings, kind.algorithm);
  if (kind.type == KindType::tls_certificate) read_certificate(reader, kind.certificate);
  return kind;
}

}  // namespace vmcred::config
