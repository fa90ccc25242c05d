// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "cli/sops/commands.h"
#include "cli/sops/session.h"
#include "sops/path.h"

namespace vmcred::cli {
namespace {

// Where --extract points to, if it is given.
base::Result<std::optional<sops::Path>> extract_option(const command::Arguments& arguments) {
  const auto text = arguments.value("--extract");
  if (!text) return std::optional<sops::Path>();
  auto path = sops::parse_path(*text);
  if (!path) return base::in("--extract", std::move(path));
  return std::optional(*std::move(path));
}

base::Result<secret::SecretBuffer> plain_text(const sops::Document& document,
                                              const std::optional<sops::Path>& extract, sops::Format format,
                                              unsigned indent) {
  if (!extract) return sops::emit_plain(document.trees, format, indent);
  VMCRED_TRY_ASSIGN(const sops::Node* const value, sops::node_at(document.trees.front(), *extract));
  return sops::emit_value(*value, format, indent);
}

}  // namespace

base::Result<void> run_sops_decrypt(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY(protect_secrets());
  VMCRED_TRY_ASSIGN(const SopsFile file, sops_file(arguments, StandardInput::taken));
  VMCRED_TRY_ASSIGN(const auto extract, extract_option(arguments));
  VMCRED_TRY_ASSIGN(const auto config, open_sops_config(arguments, streams));
  Keys keys;
  VMCRED_TRY(keys.load());
  VMCRED_TRY_ASSIGN(const auto opened, open_sops_file(arguments, file, keys));
  auto text =
      plain_text(opened.document, extract, file.output_format, indent_for(config, file.output_format));
  if (!text) return base::in(subject_of(file), std::move(text));
  return write_result(arguments, streams, file, text->bytes(), Secrecy::plain);
}

}  // namespace vmcred::cli
