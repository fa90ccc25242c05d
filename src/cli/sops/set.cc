// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "cli/sops/commands.h"
#include "cli/sops/session.h"
#include "sops/failure.h"
#include "sops/json.h"
#include "sops/path.h"
#include "sops/tree.h"

namespace vmcred::cli {
namespace {

using sops::failed;
using sops::Failure;

base::Result<sops::Path> path_operand(const command::Arguments& arguments) {
  const auto text = arguments.operand_at(1);
  if (!text) return failed(Failure::no_file, "which value? The path is missing, as '[\"key\"][0]'");
  auto path = sops::parse_path(*text);
  if (!path) return failed(Failure::bad_set_value, path.error().what, path.error().hint);
  return path;
}

base::Result<sops::Node> parse_value(crypto::Bytes text) {
  auto value = sops::parse_json_value(text);
  if (value) return value;
  return failed(Failure::bad_set_value, base::in("the value is not JSON", std::move(value)).what,
                "a text goes into double quotes, inside the shell's: '\"text\"'");
}

base::Result<sops::Node> value_operand(const command::Arguments& arguments) {
  if (arguments.has("--value-file") && arguments.has("--value-stdin")) {
    return failed(Failure::generic, "--value-file and --value-stdin contradict each other");
  }
  const auto operand = arguments.operand_at(2);
  if (arguments.has("--value-stdin") == operand.has_value()) {
    return failed(Failure::no_file, operand ? "with --value-stdin, no value stands on the command line"
                                            : "which value? It is missing");
  }
  if (!operand || arguments.has("--value-file")) {
    VMCRED_TRY_ASSIGN(const auto text, operand ? read_contents(*operand) : read_contents(SopsFile{}));
    return parse_value(text.bytes());
  }
  return parse_value(sops::bytes_of(*operand));
}

// Opens the file, changes it, and writes it; not where nothing changed and that is to be no change.
template <typename Change>
base::Result<void> change_file(const command::Arguments& arguments, const command::Streams& streams,
                               const SopsFile& file, Change change) {
  VMCRED_TRY_ASSIGN(const auto config, open_sops_config(arguments, streams));
  Keys keys;
  VMCRED_TRY(keys.load());
  VMCRED_TRY_ASSIGN(auto opened, open_sops_file(arguments, file, keys));
  auto changed = change(opened);
  if (!changed) return base::in(subject_of(file), std::move(changed));
  if (!opened.changed && arguments.has("--idempotent")) return {};
  auto document = sops::close(std::move(opened));
  if (!document) return base::in(subject_of(file), std::move(document));
  document->format = file.output_format;
  VMCRED_TRY_ASSIGN(const std::string text,
                    sops::emit_encrypted(*std::move(document), indent_for(config, file.output_format)));
  return replace_file(file.path, sops::bytes_of(text), Secrecy::encrypted);
}

}  // namespace

base::Result<void> run_sops_set(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY(protect_secrets());
  VMCRED_TRY_ASSIGN(const SopsFile file, sops_file(arguments, StandardInput::refused));
  VMCRED_TRY_ASSIGN(const sops::Path path, path_operand(arguments));
  VMCRED_TRY_ASSIGN(sops::Node value, value_operand(arguments));
  return change_file(arguments, streams, file, [&](sops::OpenDocument& opened) {
    return sops::set_value(opened, path, std::move(value));
  });
}

base::Result<void> run_sops_unset(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY(protect_secrets());
  VMCRED_TRY_ASSIGN(const SopsFile file, sops_file(arguments, StandardInput::refused));
  VMCRED_TRY_ASSIGN(const sops::Path path, path_operand(arguments));
  return change_file(arguments, streams, file, [&](sops::OpenDocument& opened) -> base::Result<void> {
    auto removed = sops::remove_value(opened, path);
    if (!removed && arguments.has("--idempotent")) return {};
    return removed;
  });
}

}  // namespace vmcred::cli
