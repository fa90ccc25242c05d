// SPDX-License-Identifier: Apache-2.0
#include "vmm/qemu_credentials.h"

#include "base/text.h"
#include "credential/oem_string.h"
#include "smbios/type11.h"
#include "vmm/qemu_parts.h"

namespace vmcred::vmm {
namespace {

using base::concat;

// QEMU numbers its own OEM strings structure from here; user handles must only be unique.
constexpr std::uint16_t k_first_oem_handle = 0x0E00;

// Slots that QEMU fills itself, with room to spare: it counts 17 on q35.
constexpr std::size_t k_own_fw_cfg_slots = 32;

PlannedFile oem_structure(const std::vector<std::size_t>& indexes,
                          std::span<const CredentialOutline> outlines, std::uint16_t handle) {
  std::size_t text_bytes = 0;
  for (const auto i : indexes)
    text_bytes += credential::oem_string_length(outlines[i].name, outlines[i].size);
  return {.content = PlannedFile::Content::oem_structure,
          .credentials = indexes,
          .size = smbios::oem_structure_size(indexes.size(), text_bytes),
          .smbios_handle = handle};
}

}  // namespace

std::vector<QemuCredentialOption> qemu_credential_options(std::span<const CredentialOutline> outlines,
                                                          const Assignment& assignment) {
  std::vector<QemuCredentialOption> options;
  std::uint16_t handle = k_first_oem_handle;
  for (const auto& indexes : assignment.smbios_structures)
    options.push_back(
        {.option = "-smbios", .text = "file=", .file = oem_structure(indexes, outlines, handle++)});
  for (const auto i : assignment.fw_cfg_items)
    options.push_back(
        {.option = "-fw_cfg",
         .text = concat("name=", k_fw_cfg_directory, option_value(outlines[i].name.text()), ",file="),
         .file = {
             .content = PlannedFile::Content::credential, .credentials = {i}, .size = outlines[i].size}});
  return options;
}

std::string fw_cfg_slots(std::size_t items) {
  return concat("fw_cfg_io.x-file-slots=", items + k_own_fw_cfg_slots);
}

}  // namespace vmcred::vmm
