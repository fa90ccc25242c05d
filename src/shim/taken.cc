// SPDX-License-Identifier: Apache-2.0
#include "shim/taken.h"

#include <algorithm>

#include "base/text.h"

namespace vmcred::shim {
namespace {

using base::concat;

constexpr std::string_view k_unit = "the unit's credentials";

base::Error two_values(const credential::CredentialName& name, std::string_view first,
                       std::string_view second) {
  return {.kind = base::ErrorKind::credential,
          .what = concat("credential ", base::quoted(name.text()), " has one value in ", first,
                         " and another in ", second),
          .hint = "take it off the command line; LoadCredential= is the place for it"};
}

}  // namespace

base::Result<credential::CredentialSet> join_credentials(credential::CredentialSet of_unit,
                                                         std::vector<TakenCredential> taken) {
  std::vector<std::string> places(of_unit.size(), std::string(k_unit));
  std::vector<base::Error> findings;
  for (auto& [credential, place] : taken) {
    const auto same = std::ranges::find(of_unit, credential.name, &credential::Credential::name);
    if (same == of_unit.end()) {
      of_unit.push_back(std::move(credential));
      places.push_back(std::move(place));
    } else if (!same->value.equals(credential.value.bytes())) {
      findings.push_back(
          two_values(same->name, places[static_cast<std::size_t>(same - of_unit.begin())], place));
    }
  }
  if (!findings.empty()) return base::first_with_others(std::move(findings));
  return of_unit;
}

}  // namespace vmcred::shim
