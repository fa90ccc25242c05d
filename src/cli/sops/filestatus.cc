// SPDX-License-Identifier: Apache-2.0
#include "cli/sops/commands.h"
#include "cli/sops/session.h"
#include "command/output.h"
#include "sops/document.h"
#include "sops/failure.h"

namespace vmcred::cli {

namespace {

// A file of the format without anything of SOPS in it.
bool is_plain(const SopsFile& file, crypto::Bytes contents) {
  const bool is_binary = file.input_format == sops::Format::binary;
  const auto plain = sops::parse_plain(contents, is_binary ? sops::Format::json : file.input_format);
  return plain || sops::failure_of(plain.error()) == sops::Failure::empty_file;
}

}  // namespace

base::Result<void> run_sops_filestatus(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY(protect_secrets());
  VMCRED_TRY_ASSIGN(const SopsFile file, sops_file(arguments, StandardInput::refused));
  VMCRED_TRY_ASSIGN(const auto contents, read_contents(file));
  const auto document = parse_sops_file(file, contents.bytes());
  if (!document && !is_plain(file, contents.bytes())) return document.error();
  const bool encrypted = document && !document->metadata.mac.empty() && !document->metadata.version.empty();
  return command::print(streams, encrypted ? "{\"encrypted\":true}\n" : "{\"encrypted\":false}\n");
}

}  // namespace vmcred::cli
