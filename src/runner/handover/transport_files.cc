// SPDX-License-Identifier: Apache-2.0
#include "runner/handover/transport_files.h"

#include <cassert>

#include "base/text.h"
#include "credential/oem_string.h"
#include "runner/handover/initrd_file.h"
#include "runner/handover/request_bodies.h"
#include "secret/buffer.h"
#include "secret/sealed_file.h"
#include "smbios/type11.h"

namespace vmcred::runner {
namespace {

using base::Result;
using base::UniqueFd;
using credential::CredentialSet;
using secret::SecretBuffer;
using vmm::PlannedFile;

Result<UniqueFd> make_structure_file(const PlannedFile& file, const CredentialSet& set) {
  VMCRED_TRY_ASSIGN(SecretBuffer structure, SecretBuffer::zeroed(file.size));
  smbios::OemStructureWriter writer(file.smbios_handle, structure.writable_bytes());
  for (const auto i : file.credentials)
    credential::write_oem_string(
        set[i], writer.next_string(credential::oem_string_length(set[i].name, set[i].value.size())));
  [[maybe_unused]] const std::size_t written = writer.finish();
  assert(written == file.size);
  return secret::make_sealed_file(k_file_name, structure.bytes());
}

Result<UniqueFd> make_document_file(const PlannedFile& file, const CredentialSet& set,
                                    std::span<const UniqueFd> earlier) {
  VMCRED_TRY_ASSIGN(const SecretBuffer text, render_text(file.document, set, earlier));
  return secret::make_sealed_file(k_file_name, text.bytes());
}

// `earlier` are the files before this one.
Result<UniqueFd> make_file(const PlannedFile& file, const CredentialSet& set,
                           std::span<const UniqueFd> earlier) {
  switch (file.content) {
    case PlannedFile::Content::document:
      return make_document_file(file, set, earlier);
    case PlannedFile::Content::oem_structure:
      return make_structure_file(file, set);
    case PlannedFile::Content::initrd:
      return make_initrd_file(file, set);
    case PlannedFile::Content::credential:
      break;
  }
  return secret::make_sealed_file(k_file_name, set[file.credentials.front()].value.bytes());
}

}  // namespace

Result<std::vector<UniqueFd>> make_transport_files(const vmm::LaunchPlan& plan, const CredentialSet& set) {
  std::vector<UniqueFd> files;
  files.reserve(plan.files.size());
  for (const auto& planned : plan.files) {
    VMCRED_TRY_ASSIGN(UniqueFd file, make_file(planned, set, files));
    files.push_back(std::move(file));
  }
  return files;
}

std::string descriptor_path(const UniqueFd& file) { return base::concat("/dev/fd/", file.get()); }

std::vector<std::string> argument_list(const vmm::LaunchPlan& plan, std::span<const UniqueFd> files,
                                       std::span<const UniqueFd> descriptors) {
  std::vector<std::string> arguments = {plan.process_name.empty() ? plan.program : plan.process_name};
  arguments.reserve(plan.arguments.size() + 1);
  for (const auto& argument : plan.arguments) {
    std::vector<std::string> numbers;
    for (const auto i : argument.descriptors) numbers.push_back(std::to_string(descriptors[i].get()));
    arguments.push_back(base::concat(argument.text,
                                     argument.file ? descriptor_path(files[*argument.file]) : "",
                                     base::join(numbers, ":")));
  }
  return arguments;
}

}  // namespace vmcred::runner
