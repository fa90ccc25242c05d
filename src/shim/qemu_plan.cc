// SPDX-License-Identifier: Apache-2.0
#include "shim/qemu_plan.h"

#include <algorithm>

#include "base/text.h"
#include "credential/oem_string.h"
#include "shim/initrd_plan.h"
#include "shim/qemu.h"

namespace vmcred::shim {
namespace {

using base::concat;
using base::Result;
using credential::CredentialName;
using credential::CredentialSet;

// QEMU would refuse two items of one name, or the guest take either.
Result<void> check_no_file_of_same_name(const StrippedLine& line, const CredentialSet& set) {
  for (const auto& file : credential_files(line.words))
    if (std::ranges::any_of(set, [&](const auto& credential) { return credential.name.text() == file.name; }))
      return base::Error{.kind = base::ErrorKind::credential,
                         .what = concat("credential ", base::quoted(file.name), " comes from ", file.path,
                                        " (-fw_cfg) and from elsewhere"),
                         .hint = "take one of them out: microvm.credentialFiles, or LoadCredential="};
  return {};
}

// What QEMU would have read.
Result<std::vector<TakenCredential>> read_files(const StrippedLine& line, const ReadSecret& read_secret) {
  std::vector<TakenCredential> read;
  for (const auto& file : credential_files(line.words)) {
    VMCRED_TRY_ASSIGN(auto value, read_secret(file.path));
    if (!file.name.empty()) {
      VMCRED_TRY_ASSIGN(auto name, CredentialName::parse(file.name));
      read.push_back(
          {.credential = {.name = std::move(name), .value = std::move(value)}, .place = file.path});
      continue;
    }
    VMCRED_TRY_ASSIGN(auto credential, credential::read_oem_string(value.bytes()));
    if (credential) read.push_back({.credential = *std::move(credential), .place = file.path});
  }
  return read;
}

}  // namespace

Result<void> plan_qemu(const Request& request, const StrippedLine& line, Rewritten& result) {
  VMCRED_TRY(check_no_file_of_same_name(line, result.set));
  base::Error why{.kind = base::ErrorKind::credential, .what = ""};
  if (!request.always_initrd) {
    auto plan = plan_with_firmware(line, result.outlines);
    if (plan) {
      result.plan = *std::move(plan);
      return {};
    }
    why = std::move(plan).error();
  }
  VMCRED_TRY_ASSIGN(auto files, read_files(line, request.read_secret));
  VMCRED_TRY_ASSIGN(result.set, join_credentials(std::move(result.set), std::move(files)));
  result.outlines = vmm::outlines_of(result.set);
  auto plan = plan_by_initrd(request.dialect, line, result.outlines);
  if (!plan) {
    auto error = std::move(plan).error();
    if (!why.what.empty()) error.others.push_back(std::move(why));
    return error;
  }
  result.plan = *std::move(plan);
  return {};
}

}  // namespace vmcred::shim
