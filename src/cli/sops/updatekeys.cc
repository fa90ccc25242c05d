// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include "base/text.h"
#include "cli/sops/commands.h"
#include "cli/sops/recipient_changes.h"
#include "cli/sops/session.h"
#include "cli/terminal.h"
#include "command/output.h"
#include "sops/failure.h"
#include "sops/tree.h"

namespace vmcred::cli {
namespace {

using base::concat;
using sops::failed;
using sops::Failure;

// How many groups it takes from now on: as the option says, else as before, else as the rule says; never more
// than there are groups.
std::optional<unsigned> wanted_threshold(const sops::Metadata& metadata, const sops::CreationRule& rule,
                                         std::optional<unsigned> option) {
  if (rule.groups.size() < 2) return std::nullopt;
  auto threshold = option                      ? option
                   : metadata.shamir_threshold ? metadata.shamir_threshold
                                               : rule.shamir_threshold;
  if (threshold) threshold = std::min(*threshold, static_cast<unsigned>(rule.groups.size()));
  return threshold;
}

base::Result<bool> is_agreed(const command::Arguments& arguments) {
  if (arguments.has("--yes")) return true;
  auto terminal = Terminal::open();
  if (!terminal) {
    base::Error error = std::move(terminal).error();
    error.hint = "without a terminal, agree with --yes";
    return error;
  }
  return terminal->confirm("Is this right?");
}

struct Update {
  const command::Arguments& arguments;
  const command::Streams& streams;
  const std::optional<sops::SopsConfig>& config;
  const Keys& keys;

  base::Result<void> run(const std::string& path) const;
};

base::Result<void> Update::run(const std::string& path) const {
  VMCRED_TRY_ASSIGN(const SopsFile file, sops_file_at(arguments, path, Existence::required));
  VMCRED_TRY_ASSIGN(auto document, read_sops_file(file));
  VMCRED_TRY_ASSIGN(auto rule, config->rule_for(file.name));
  if (!rule) return failed(Failure::generic, concat(config->path(), " has no creation rules"));
  VMCRED_TRY_ASSIGN(const auto option, threshold_option(arguments));
  const auto threshold = wanted_threshold(document.metadata, *rule, option);
  const GroupList wanted(std::move(rule->groups), threshold);
  const std::string changes = recipient_changes(document.metadata, wanted.groups(), threshold);
  auto changed = sops::update_keys(document, wanted.view(), keys.identities());
  if (!changed) return keys.explained(base::in(path, std::move(changed)));
  if (!*changed) {
    command::print_note(streams, concat(path, ": up to date\n"));
    return {};
  }
  VMCRED_TRY(command::print(streams, concat(path, ":\n", changes)));
  VMCRED_TRY_ASSIGN(const bool agreed, is_agreed(arguments));
  if (!agreed) {
    command::print_note(streams, concat(path, ": left as it is\n"));
    return {};
  }
  VMCRED_TRY_ASSIGN(const std::string text,
                    sops::emit_encrypted(std::move(document), indent_for(config, file.input_format)));
  return replace_file(file.path, sops::bytes_of(text), Secrecy::encrypted);
}

}  // namespace

base::Result<void> run_sops_updatekeys(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY(protect_secrets());
  if (arguments.operands().empty()) return failed(Failure::no_file, "which files? The names are missing");
  VMCRED_TRY_ASSIGN(const auto config, open_sops_config(arguments, streams));
  if (!config)
    return failed(Failure::generic, "there is no .sops.yaml here or above, and it says who may open files");
  Keys keys;
  VMCRED_TRY(keys.load());
  const Update update{.arguments = arguments, .streams = streams, .config = config, .keys = keys};
  std::vector<base::Error> failures;
  for (const std::string& path : arguments.operands()) {
    auto done = update.run(path);
    if (!done) failures.push_back(std::move(done).error());
  }
  if (failures.empty()) return {};
  return base::first_with_others(std::move(failures));
}

}  // namespace vmcred::cli
