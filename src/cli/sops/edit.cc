// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/sops/commands.h"
#include "cli/sops/edited_file.h"
#include "cli/sops/editor.h"
#include "cli/sops/session.h"
#include "command/output.h"
#include "sops/failure.h"
#include "sops/json.h"
#include "sops/tree.h"

namespace vmcred::cli {
namespace {

using sops::failed;
using sops::Failure;

constexpr std::string_view k_example = R"({"hello": "Replace these values with your own, and save.",
  "example_list": ["one", "two"], "example_map": {"number": 1, "truth": true}})";
constexpr std::string_view k_example_dotenv = "HELLO=Replace these values with your own, and save.\n";
constexpr std::string_view k_example_binary = "Replace this text with your own, and save.\n";

// What a new file begins with.
base::Result<std::vector<sops::Map>> example(sops::Format format) {
  const bool is_structured = format == sops::Format::json || format == sops::Format::yaml;
  const std::string_view text = is_structured                    ? k_example
                                : format == sops::Format::dotenv ? k_example_dotenv
                                                                 : k_example_binary;
  VMCRED_TRY_ASSIGN(auto document,
                    sops::parse_plain(sops::bytes_of(text), is_structured ? sops::Format::json : format));
  return std::move(document.trees);
}

// What the person left in the editor, read; asks again as long as it can't be read.
base::Result<std::vector<sops::Map>> edited_values(const command::Streams& streams, sops::Format format,
                                                   crypto::Bytes before, const std::string& name) {
  const SignalsHeld held;
  VMCRED_TRY_ASSIGN(const EditedFile file, EditedFile::make(name, before));
  while (true) {
    VMCRED_TRY(run_editor(file.path()));
    if (SignalsHeld::told_to_end())
      return failed(Failure::unchanged, "told to end: the file is left as it is");
    VMCRED_TRY_ASSIGN(const auto after, file.read());
    if (after.equals(before))
      return failed(Failure::unchanged, "nothing was changed: the file is left as it is");
    auto document = sops::parse_plain(after.bytes(), format);
    if (document) return std::move(document->trees);
    command::print_error(k_program_name, streams, document.error());
    command::print_note(streams, "Enter goes back to the editor, ^C gives the changes up\n");
    if (!wait_for_enter()) return base::in("what was edited", std::move(document));
  }
}

base::Result<sops::Document> edit_existing(const command::Arguments& arguments,
                                           const command::Streams& streams, const SopsFile& file,
                                           unsigned indent) {
  Keys keys;
  VMCRED_TRY(keys.load());
  VMCRED_TRY_ASSIGN(auto opened, open_sops_file(arguments, file, keys));
  VMCRED_TRY_ASSIGN(const auto before, sops::emit_plain(opened.document.trees, file.output_format, indent));
  VMCRED_TRY_ASSIGN(auto trees, edited_values(streams, file.output_format, before.bytes(), file.path));
  VMCRED_TRY(sops::replace_values(opened, std::move(trees)));
  return sops::close(std::move(opened));
}

base::Result<sops::Document> edit_new(const command::Arguments& arguments, const command::Streams& streams,
                                      const SopsFile& file, const std::optional<sops::SopsConfig>& config) {
  VMCRED_TRY_ASSIGN(const EncryptionPlan plan, plan_encryption(arguments, file, config));
  VMCRED_TRY_ASSIGN(const auto trees, example(file.output_format));
  VMCRED_TRY_ASSIGN(const auto before,
                    sops::emit_plain(trees, file.output_format, indent_for(config, file.output_format)));
  sops::Document document;
  document.format = file.output_format;
  VMCRED_TRY_ASSIGN(document.trees, edited_values(streams, file.output_format, before.bytes(), file.path));
  return sops::encrypt(std::move(document), plan.keys.view(), plan.options);
}

}  // namespace

base::Result<void> run_sops_edit(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const SopsFile file, sops_file(arguments, StandardInput::refused, Existence::optional));
  VMCRED_TRY_ASSIGN(const auto config, open_sops_config(arguments, streams));
  const unsigned indent = indent_for(config, file.output_format);
  auto document = base::path_exists(file.path) ? edit_existing(arguments, streams, file, indent)
                                               : edit_new(arguments, streams, file, config);
  if (!document) return std::move(document).error();
  document->format = file.output_format;
  VMCRED_TRY_ASSIGN(const std::string text, sops::emit_encrypted(*std::move(document), indent));
  return replace_file(file.path, sops::bytes_of(text), Secrecy::encrypted);
}

}  // namespace vmcred::cli
