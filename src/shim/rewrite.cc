// SPDX-License-Identifier: Apache-2.0
#include "shim/rewrite.h"

#include <algorithm>

#include "base/text.h"
#include "credential/oem_string.h"
#include "shim/initrd_plan.h"
#include "shim/kernel_parameters.h"
#include "shim/leftovers.h"
#include "shim/qemu.h"

namespace vmcred::shim {
namespace {

using base::concat;
using base::Result;
using credential::CredentialName;
using credential::CredentialSet;

Result<StrippedLine> strip(const Request& request) {
  const Dialect& dialect = request.dialect;
  StrippedLine line{.words = {request.words.begin(), request.words.end()}, .taken = {}, .document = {}};
  for (const auto& option : find_options(line.words, dialect.kernel_parameters, dialect.style)) {
    VMCRED_TRY_ASSIGN(const std::string rest,
                      take_from_kernel_parameters(value_of(line.words, option), line.taken));
    set_value(line.words, option, rest);
  }
  if (dialect.take != nullptr) VMCRED_TRY(dialect.take(line, request.read_text));
  VMCRED_TRY(check_nothing_is_left(line.words));
  VMCRED_TRY(check_nothing_is_left(std::span(&line.document, 1)));
  return line;
}

std::vector<vmm::CredentialOutline> outlines_of(const CredentialSet& set) {
  std::vector<vmm::CredentialOutline> outlines;
  for (const auto& credential : set)
    outlines.push_back({.name = credential.name, .size = credential.value.size()});
  return outlines;
}

Result<vmm::LaunchPlan> plan_initrd(const Dialect& dialect, const StrippedLine& line, Outlines outlines) {
  std::size_t total = 0;
  for (const auto& outline : outlines) total += outline.size;
  if (total > credential::k_max_total_bytes)
    return base::Error{
        .kind = base::ErrorKind::credential,
        .what = concat("the credentials have ", base::byte_count(total), " together, the limit is ",
                       base::byte_count(credential::k_max_total_bytes)),
        .hint = "hand over a key instead, and let the guest decrypt what is larger"};
  return dialect.plan != nullptr ? dialect.plan(line, outlines) : plan_with_initrd(dialect, line, outlines);
}

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
  result.outlines = outlines_of(result.set);
  auto plan = plan_initrd(request.dialect, line, result.outlines);
  if (!plan) {
    auto error = std::move(plan).error();
    if (!why.what.empty()) error.others.push_back(std::move(why));
    return error;
  }
  result.plan = *std::move(plan);
  return {};
}

void note_once(const TakenCredential& taken, std::vector<SeenCredential>& seen) {
  const auto& name = taken.credential.name;
  if (std::ranges::find(seen, name, &SeenCredential::name) == seen.end())
    seen.push_back({.name = name, .place = taken.place});
}

}  // namespace

Result<Rewritten> rewrite(Request request) {
  VMCRED_TRY_ASSIGN(StrippedLine line, strip(request));
  Rewritten result;
  for (const auto& taken : line.taken) note_once(taken, result.seen);
  VMCRED_TRY_ASSIGN(result.set, join_credentials(std::move(request.of_unit), std::move(line.taken)));
  result.outlines = outlines_of(result.set);
  if (result.set.empty()) {
    result.plan = plan_as_it_is(line.words);
  } else if (request.dialect.hypervisor == config::Hypervisor::qemu) {
    VMCRED_TRY(plan_qemu(request, line, result));
  } else {
    VMCRED_TRY_ASSIGN(result.plan, plan_initrd(request.dialect, line, result.outlines));
  }
  return result;
}

}  // namespace vmcred::shim
