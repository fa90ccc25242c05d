// SPDX-License-Identifier: Apache-2.0
#include "cli/sops/commands.h"
#include "cli/sops/session.h"
#include "sops/failure.h"
#include "sops/tree.h"

namespace vmcred::cli {

base::Result<void> run_sops_encrypt(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY(protect_secrets());
  VMCRED_TRY_ASSIGN(const SopsFile file, sops_file(arguments, StandardInput::taken));
  if (file.name.empty()) {
    return sops::failed(sops::Failure::conflicting_options, "standard input has no name to find its rule by",
                        "give it one: --filename-override NAME");
  }
  VMCRED_TRY_ASSIGN(const auto config, open_sops_config(arguments, streams));
  VMCRED_TRY_ASSIGN(const EncryptionPlan plan, plan_encryption(arguments, file, config));
  VMCRED_TRY_ASSIGN(const auto contents, read_contents(file));
  auto plain = sops::parse_plain(contents.bytes(), file.input_format);
  if (!plain) return base::in(subject_of(file), std::move(plain));
  auto encrypted = sops::encrypt(*std::move(plain), plan.keys.view(), plan.options);
  if (!encrypted) return base::in(subject_of(file), std::move(encrypted));
  encrypted->format = file.output_format;
  VMCRED_TRY_ASSIGN(const std::string text,
                    sops::emit_encrypted(*std::move(encrypted), indent_for(config, file.output_format)));
  return write_result(arguments, streams, file, sops::bytes_of(text), Secrecy::encrypted);
}

}  // namespace vmcred::cli
