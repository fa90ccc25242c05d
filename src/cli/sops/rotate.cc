// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "base/file.h"
#include "base/text.h"
#include "cli/sops/commands.h"
#include "cli/sops/session.h"
#include "sops/failure.h"
#include "sops/tree.h"

namespace vmcred::cli {
namespace {

using sops::failed;
using sops::Failure;

bool has(const age::Recipients& recipients, const std::string& text) {
  return std::any_of(recipients.begin(), recipients.end(),
                     [&](const auto& recipient) { return recipient->text() == text; });
}

// New recipients come into the first group; removed ones leave every group.
base::Result<void> change_groups(const command::Arguments& arguments, std::vector<age::Recipients>& groups) {
  VMCRED_TRY_ASSIGN(auto added, parse_recipient_list(arguments.value("--add-age").value_or("")));
  VMCRED_TRY_ASSIGN(const auto removed, parse_recipient_list(arguments.value("--rm-age").value_or("")));
  if (groups.empty()) groups.emplace_back();
  std::move(added.begin(), added.end(), std::back_inserter(groups.front()));
  for (age::Recipients& group : groups) {
    std::erase_if(group, [&](const auto& recipient) { return has(removed, recipient->text()); });
    if (group.empty()) {
      return failed(Failure::generic, "nobody could open a key group any more",
                    "name somebody with --add-age");
    }
  }
  return {};
}

bool changes_keys(const command::Arguments& arguments) {
  return arguments.has("--add-age") || arguments.has("--rm-age");
}

base::Result<SopsFile> existing_file(const command::Arguments& arguments) {
  VMCRED_TRY_ASSIGN(SopsFile file, sops_file(arguments, StandardInput::refused, Existence::optional));
  if (base::path_exists(file.path)) return file;
  const std::string what = base::concat(file.path, ": there is no such file");
  if (changes_keys(arguments))
    return failed(Failure::keys_of_missing_file, what, "begin it: vmcred sops edit FILE");
  return failed(Failure::unreadable, what);
}

}  // namespace

base::Result<void> run_sops_rotate(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY(protect_secrets());
  VMCRED_TRY_ASSIGN(const SopsFile file, existing_file(arguments));
  VMCRED_TRY_ASSIGN(const auto config, open_sops_config(arguments, streams));
  Keys keys;
  VMCRED_TRY(keys.load());
  VMCRED_TRY_ASSIGN(auto document, read_sops_file(file));
  VMCRED_TRY_ASSIGN(auto groups, sops::recipients_of(document.metadata));
  VMCRED_TRY(change_groups(arguments, groups));
  const GroupList wanted(std::move(groups), document.metadata.shamir_threshold);
  auto rotated = sops::rotate(std::move(document), wanted.view(), keys.identities(), mac_check(arguments));
  if (!rotated) return keys.explained(base::in(subject_of(file), std::move(rotated)));
  rotated->format = file.output_format;
  VMCRED_TRY_ASSIGN(const std::string text,
                    sops::emit_encrypted(*std::move(rotated), indent_for(config, file.output_format)));
  return write_result(arguments, streams, file, sops::bytes_of(text), Secrecy::encrypted);
}

}  // namespace vmcred::cli
