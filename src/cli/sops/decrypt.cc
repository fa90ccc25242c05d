// SPDX-License-Identifier: Apache-2.0
#include "cli/sops/commands.h"
#include "cli/sops/session.h"
#include "sops/failure.h"
#include "sops/path.h"

namespace vmcred::cli {
namespace {

base::Result<sops::Path> extract_path(const std::string& text) {
  auto path = sops::parse_path(text);
  if (!path)
    return sops::failed(sops::Failure::bad_extract_path, base::in("--extract", std::move(path)).what);
  return path;
}

base::Result<secret::SecretBuffer> plain_text(const command::Arguments& arguments,
                                              const sops::Document& document, sops::Format format,
                                              unsigned indent) {
  const auto extract = arguments.value("--extract");
  if (!extract) return sops::emit_plain(document.trees, format, indent);
  VMCRED_TRY_ASSIGN(const sops::Path path, extract_path(*extract));
  VMCRED_TRY_ASSIGN(const sops::Node* const value, sops::node_at(document.trees.front(), path));
  return sops::emit_value(*value, format, indent);
}

}  // namespace

base::Result<void> run_sops_decrypt(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const SopsFile file, sops_file(arguments, StandardInput::taken));
  if (const auto extract = arguments.value("--extract")) VMCRED_TRY(extract_path(*extract));
  VMCRED_TRY_ASSIGN(const auto config, open_sops_config(arguments, streams));
  Keys keys;
  VMCRED_TRY(keys.load());
  VMCRED_TRY_ASSIGN(const auto opened, open_sops_file(arguments, file, keys));
  auto text =
      plain_text(arguments, opened.document, file.output_format, indent_for(config, file.output_format));
  if (!text) return base::in(subject_of(file), std::move(text));
  return write_result(arguments, streams, file, text->bytes(), Secrecy::plain);
}

}  // namespace vmcred::cli
