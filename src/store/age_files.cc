// SPDX-License-Identifier: Apache-2.0
#include "store/age_files.h"

#include <algorithm>

#include "age/age.h"
#include "base/text.h"

namespace vmcred::store {
namespace {

using base::concat;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (!line.empty()) lines.emplace_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  std::ranges::sort(lines);
  return lines;
}

}  // namespace

std::string age_folder(const VarId& var) { return concat(k_age_vars, "/", path_of(var)); }
std::string age_file(const VarId& var) { return concat(age_folder(var), "/", var.file, ".age"); }
std::string previous_age_file(const VarId& var) { return concat(age_folder(var), "/.previous.age"); }
std::string recipients_file(std::string_view age_file) { return concat(age_file, ".recipients"); }
std::string machine_public_file(std::string_view machine) {
  return concat(k_age_machines, "/", machine, "/pub");
}
std::string machine_private_file(std::string_view machine) {
  return concat(k_age_machines, "/", machine, "/key.age");
}

base::Result<std::string> machine_recipient(const View& view, std::string_view machine) {
  VMCRED_TRY_ASSIGN(const auto text, view.read_file(machine_public_file(machine)));
  if (!text) return std::string();
  const auto lines = lines_of(*text);
  return lines.empty() ? std::string() : lines.front();
}

base::Result<std::vector<std::string>> listed_recipients(const View& view, std::string_view age_file) {
  VMCRED_TRY_ASSIGN(const auto text, view.read_file(recipients_file(age_file)));
  return lines_of(text.value_or(""));
}

base::Result<std::string> seal(crypto::Bytes plaintext, const std::vector<std::string>& recipients) {
  age::Recipients parsed;
  for (const auto& text : recipients) {
    VMCRED_TRY_ASSIGN(auto recipient, age::parse_recipient(text));
    parsed.push_back(std::move(recipient));
  }
  VMCRED_TRY_ASSIGN(const auto file, age::encrypt(plaintext, parsed, age::Armor::yes));
  return std::string(reinterpret_cast<const char*>(file.data()), file.size());
}

bool needs_list(const VarId& var, const Audience& audience) {
  return var.generator.placement.kind != Placement::Kind::per_machine || !audience.deploy;
}

base::Error no_recipients(const VarId& var, const Audience& audience) {
  if (audience.deploy)
    return {.kind = base::ErrorKind::config,
            .what = concat(path_of(var), " is for no machine"),
            .hint = "declare it for a machine, or set deploy = false"};
  return {.kind = base::ErrorKind::config,
          .what = concat(path_of(var), " has no recipient: no admin is configured"),
          .hint = "list the admins' keys as age_recipients in [store]"};
}

base::Result<void> stage_sealed(Transaction& transaction, const std::string& age_file, std::string_view text,
                                const std::vector<std::string>& listed) {
  VMCRED_TRY(transaction.write_file(age_file, text));
  const std::string list = recipients_file(age_file);
  if (!listed.empty()) return transaction.write_file(list, base::join(listed, "\n") + "\n");
  return remove_if_there(transaction, list);
}

base::Result<void> remove_sealed(Transaction& transaction, const std::string& age_file) {
  VMCRED_TRY(remove_if_there(transaction, age_file));
  return remove_if_there(transaction, recipients_file(age_file));
}

}  // namespace vmcred::store
