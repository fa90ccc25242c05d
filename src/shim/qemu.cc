// SPDX-License-Identifier: Apache-2.0
// QEMU. Source: its system/vl.c (parse_fw_cfg) and hw/smbios/smbios.c.
#include "shim/qemu.h"

#include <array>

#include "base/text.h"
#include "credential/oem_string.h"
#include "shim/qemu_option.h"
#include "vmm/qemu_credentials.h"

namespace vmcred::shim {
namespace {

using base::Result;

constexpr std::array<std::string_view, 2> k_initrd{"-initrd", "--initrd"};
constexpr std::array<std::string_view, 2> k_kernel_parameters{"-append", "--append"};

// The name of the credential in an item "[name=]opt/io.systemd.credentials/NAME,…", or "".
std::string credential_of_item(const std::vector<QemuPiece>& pieces) {
  std::string name = plain_qemu_value(qemu_value(pieces, "name").value_or(""));
  if (name.empty() && !pieces.empty() && pieces.front().key.empty())
    name = plain_qemu_value(pieces.front().value);
  return name.starts_with(vmm::k_fw_cfg_directory) ? name.substr(vmm::k_fw_cfg_directory.size()) : "";
}

Result<void> take_fw_cfg_items(StrippedLine& line) {
  const auto options = find_options(line.words, k_fw_cfg, {});
  for (auto option = options.rbegin(); option != options.rend(); ++option) {
    const auto pieces = split_qemu_option(value_of(line.words, *option));
    const auto text = qemu_value(pieces, "string");
    const std::string credential = credential_of_item(pieces);
    if (credential.empty() || !text) continue;
    VMCRED_TRY_ASSIGN(auto name, credential::CredentialName::parse(credential));
    VMCRED_TRY_ASSIGN(auto value, secret_qemu_value(*text));
    line.taken.push_back(
        {.credential = {.name = std::move(name), .value = std::move(value)}, .place = "-fw_cfg"});
    remove_option(line.words, *option);
  }
  return {};
}

// What is left of "type=11,value=…,value=…"; "" where nothing is.
Result<std::string> take_oem_strings(const std::vector<QemuPiece>& pieces,
                                     std::vector<TakenCredential>& taken) {
  std::vector<std::string> rest;
  for (const auto& piece : pieces) {
    if (piece.key != "value") {
      rest.emplace_back(piece.text);
      continue;
    }
    VMCRED_TRY_ASSIGN(const auto string, secret_qemu_value(piece.value));
    VMCRED_TRY_ASSIGN(auto credential, credential::read_oem_string(string.bytes()));
    if (credential)
      taken.push_back({.credential = *std::move(credential), .place = "-smbios"});
    else
      rest.emplace_back(piece.text);
  }
  return rest.size() == 1 ? "" : base::join(rest, ",");
}

Result<void> take_smbios_strings(StrippedLine& line) {
  const auto options = find_options(line.words, k_smbios, {});
  for (auto option = options.rbegin(); option != options.rend(); ++option) {
    const auto pieces = split_qemu_option(value_of(line.words, *option));
    if (qemu_value(pieces, "type") != "11") continue;
    VMCRED_TRY_ASSIGN(const std::string rest, take_oem_strings(pieces, line.taken));
    if (rest.empty())
      remove_option(line.words, *option);
    else
      set_value(line.words, *option, rest);
  }
  return {};
}

Result<void> take_from_firmware(StrippedLine& line, const ReadText& /*read_text*/) {
  VMCRED_TRY(take_fw_cfg_items(line));
  return take_smbios_strings(line);
}

}  // namespace

std::vector<CredentialFile> credential_files(std::span<const std::string> words) {
  std::vector<CredentialFile> files;
  for (const auto& option : find_options(words, k_fw_cfg, {})) {
    const auto pieces = split_qemu_option(value_of(words, option));
    const auto path = qemu_value(pieces, "file");
    std::string name = credential_of_item(pieces);
    if (path && !name.empty()) files.push_back({.path = plain_qemu_value(*path), .name = std::move(name)});
  }
  for (const auto& option : find_options(words, k_smbios, {})) {
    const auto pieces = split_qemu_option(value_of(words, option));
    if (qemu_value(pieces, "type") != "11") continue;
    for (const auto& piece : pieces)
      if (piece.key == "path") files.push_back({.path = plain_qemu_value(piece.value), .name = ""});
  }
  return files;
}

const Dialect k_qemu{.hypervisor = config::Hypervisor::qemu,
                     .program = "qemu-system-x86_64",
                     .start_words = {},
                     .style = {},
                     .initrd = k_initrd,
                     .kernel_parameters = k_kernel_parameters,
                     .take = take_from_firmware};

}  // namespace vmcred::shim
