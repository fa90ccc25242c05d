// SPDX-License-Identifier: Apache-2.0
#include <functional>
#include <optional>

#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/sops/commands.h"
#include "cli/sops/edited_file.h"
#include "cli/sops/editor.h"
#include "cli/sops/file_state.h"
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

// Saves what was edited. Fails where it can't be, and the file is as it was.
using Save = std::function<base::Result<void>(sops::Document)>;

base::Result<void> save_edited(crypto::Bytes edited, sops::Format format, const Save& save) {
  auto document = sops::parse_plain(edited, format);
  if (!document) return base::in("what was edited", std::move(document));
  return save(*std::move(document));
}

// Lets the person edit, as often as it takes until that can be saved: nothing that was typed is lost.
base::Result<void> edit_and_save(const command::Streams& streams, const SopsFile& file, crypto::Bytes before,
                                 const Save& save) {
  const SignalsHeld held;
  VMCRED_TRY_ASSIGN(const EditedFile edited, EditedFile::make(file.path, before));
  while (true) {
    VMCRED_TRY(run_editor(edited.path()));
    if (SignalsHeld::told_to_end())
      return failed(Failure::unchanged, "told to end: the file is left as it is");
    VMCRED_TRY_ASSIGN(const auto after, edited.read());
    if (after.equals(before))
      return failed(Failure::unchanged, "nothing was changed: the file is left as it is");
    auto saved = save_edited(after.bytes(), file.output_format, save);
    if (saved) return saved;
    command::print_error(k_program_name, streams, saved.error());
    command::print_note(streams, "Enter goes back to the editor, ^C gives the changes up\n");
    if (!wait_for_enter()) return saved;
  }
}

// One edit of one file.
struct Edit {
  const command::Arguments& arguments;
  const command::Streams& streams;
  const SopsFile& file;
  const std::optional<sops::SopsConfig>& config;
  const FileState state;  // as it was when the edit began
  const unsigned indent;

  base::Result<void> change() const;
  base::Result<void> begin() const;

 private:
  base::Result<void> check_state() const;
  base::Result<sops::OpenDocument> open_again(const secret::SecretBuffer& data_key) const;
  base::Result<void> write(sops::Document document) const;
};

base::Result<void> Edit::check_state() const {
  if (FileState::of(file.path) == state) return {};
  return failed(
      Failure::unwritable,
      base::concat(file.path, ": somebody else has written it since the editor was opened"),
      "keep your text elsewhere while the editor has it, then edit the new file: vmcred sops edit FILE");
}

base::Result<void> Edit::write(sops::Document document) const {
  document.format = file.output_format;
  VMCRED_TRY_ASSIGN(const std::string text, sops::emit_encrypted(std::move(document), indent));
  VMCRED_TRY(check_state());
  return replace_file(file.path, sops::bytes_of(text), Secrecy::encrypted);
}

base::Result<sops::OpenDocument> Edit::open_again(const secret::SecretBuffer& data_key) const {
  VMCRED_TRY(check_state());
  VMCRED_TRY_ASSIGN(auto document, read_sops_file(file));
  VMCRED_TRY_ASSIGN(auto key, secret::SecretBuffer::copy_of(data_key.bytes()));
  return sops::open_with_data_key(std::move(document), std::move(key), mac_check(arguments));
}

// A file that is there. Each attempt to save takes the document apart, and so opens the file again.
base::Result<void> Edit::change() const {
  Keys keys;
  VMCRED_TRY(keys.load());
  VMCRED_TRY_ASSIGN(auto opened, open_sops_file(arguments, file, keys));
  VMCRED_TRY_ASSIGN(const auto before, sops::emit_plain(opened.document.trees, file.output_format, indent));
  const secret::SecretBuffer data_key = std::move(opened.data_key);
  return edit_and_save(streams, file, before.bytes(), [&](sops::Document edited) -> base::Result<void> {
    VMCRED_TRY_ASSIGN(auto again, open_again(data_key));
    VMCRED_TRY(sops::replace_values(again, std::move(edited.trees)));
    VMCRED_TRY_ASSIGN(auto document, sops::close(std::move(again)));
    return write(std::move(document));
  });
}

// A new file.
base::Result<void> Edit::begin() const {
  VMCRED_TRY_ASSIGN(const EncryptionPlan plan, plan_encryption(arguments, file, config));
  VMCRED_TRY_ASSIGN(const auto trees, example(file.output_format));
  VMCRED_TRY_ASSIGN(const auto before, sops::emit_plain(trees, file.output_format, indent));
  return edit_and_save(streams, file, before.bytes(), [&](sops::Document edited) -> base::Result<void> {
    VMCRED_TRY_ASSIGN(auto document, sops::encrypt(std::move(edited), plan.keys.view(), plan.options));
    return write(std::move(document));
  });
}

}  // namespace

base::Result<void> run_sops_edit(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY(protect_secrets());
  VMCRED_TRY_ASSIGN(const SopsFile file, sops_file(arguments, StandardInput::refused, Existence::optional));
  VMCRED_TRY_ASSIGN(const auto config, open_sops_config(arguments, streams));
  const Edit edit{.arguments = arguments,
                  .streams = streams,
                  .file = file,
                  .config = config,
                  .state = FileState::of(file.path),
                  .indent = indent_for(config, file.output_format)};
  return base::path_exists(file.path) ? edit.change() : edit.begin();
}

}  // namespace vmcred::cli
