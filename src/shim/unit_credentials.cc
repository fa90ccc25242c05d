// SPDX-License-Identifier: Apache-2.0
#include "shim/unit_credentials.h"

#include <algorithm>

#include "base/file_names.h"
#include "base/text.h"
#include "config/unit_names.h"
#include "credential/directory.h"
#include "credential/provider_protocol.h"
#include "shim/taken.h"

namespace vmcred::shim {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using credential::CredentialName;

Result<TakenCredential> read_one(int directory_fd, const std::string& file,
                                 const std::vector<std::string>& may_be_empty) {
  VMCRED_TRY_ASSIGN(const auto host_name, CredentialName::parse(file));
  VMCRED_TRY_ASSIGN(auto name, guest_name(file));
  VMCRED_TRY_ASSIGN(auto value, credential::read_credential(directory_fd, host_name));
  if (value.empty() && std::ranges::find(may_be_empty, file) == may_be_empty.end())
    return Error{.kind = ErrorKind::credential,
                 .what = concat(file, " in credentials directory is empty"),
                 .hint = concat("write the secret again, or pass --allow-empty ", file,
                                " if it is meant to be empty")};
  if (credential::holds_refusal(value.bytes()))
    return Error{.kind = ErrorKind::credential,
                 .what = concat(file, " in credentials directory is no value but the beginning of a refusal"),
                 .hint = concat("'journalctl -u ", config::k_provider_service_unit,
                                "' says why; then start the unit again")};
  return TakenCredential{.credential = {.name = std::move(name), .value = std::move(value)}, .place = file};
}

}  // namespace

Result<CredentialName> guest_name(std::string_view file_name) {
  const auto secret_name = credential::without_host_prefix(file_name);
  if (!secret_name) return CredentialName::parse(file_name);
  const auto secret = credential::SecretName::parse(*secret_name);
  if (secret) return secret->guest_credential();
  return Error{.kind = ErrorKind::credential,
               .what = concat("credential ", base::quoted(file_name), ": ", secret.error().what),
               .hint = "rename it in LoadCredential=: host-api-key becomes API_KEY in the guest"};
}

Result<credential::CredentialSet> read_unit_credentials(int directory_fd,
                                                        const std::vector<std::string>& may_be_empty) {
  VMCRED_TRY_ASSIGN(const auto names, base::file_names(directory_fd, "credentials directory"));
  std::vector<TakenCredential> all;
  std::vector<Error> findings;
  for (const auto& name : names) {
    auto credential = read_one(directory_fd, name, may_be_empty);
    if (credential)
      all.push_back(*std::move(credential));
    else
      findings.push_back(std::move(credential).error());
  }
  if (!findings.empty()) return base::first_with_others(std::move(findings));
  return join_credentials({}, std::move(all));
}

}  // namespace vmcred::shim
