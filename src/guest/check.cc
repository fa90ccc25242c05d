// SPDX-License-Identifier: Apache-2.0
#include "guest/check.h"

#include <algorithm>

#include "base/text.h"
#include "command/output.h"
#include "credential/manifest.h"

namespace vmcred::guest {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using credential::k_manifest_name;
using credential::Manifest;
using Stored = std::vector<StoredCredential>;

Error no_manifest(const std::string& directory) {
  return {.kind = ErrorKind::credential,
          .what = base::concat("there is no ", base::quoted(k_manifest_name), " in ", directory),
          .hint = base::concat("the host sends it with the credentials, and PID 1 puts it into ",
                               k_system_directory, ": try --directory ", k_system_directory)};
}

Result<Manifest> read_manifest(const CredentialDirectory& directory) {
  VMCRED_TRY_ASSIGN(const auto text, directory.read(std::string(k_manifest_name)));
  return Manifest::parse(text.bytes());
}

Result<CheckedCredential> check_one(const CredentialDirectory& directory, const Stored& stored,
                                    const Manifest& manifest, const credential::ManifestEntry& entry) {
  CheckedCredential checked{
      .name = entry.name.text(), .size = 0, .expected_size = entry.size, .state = State::missing};
  const auto found = std::ranges::find(stored, entry.name.text(), &StoredCredential::name);
  if (found == stored.end()) return checked;
  checked.size = found->size;
  checked.state = State::wrong_size;
  if (found->size != entry.size) return checked;
  VMCRED_TRY_ASSIGN(const auto value, directory.read(found->name));
  checked.state = manifest.matches(entry, value.bytes()) ? State::ok : State::wrong_content;
  return checked;
}

}  // namespace

std::string_view state_word(State state) {
  switch (state) {
    case State::ok:
      return "ok";
    case State::missing:
      return "missing";
    case State::wrong_size:
      return "wrong-size";
    case State::wrong_content:
      return "wrong-content";
  }
  return "";
}

std::size_t Check::verified() const {
  return static_cast<std::size_t>(std::ranges::count(credentials, State::ok, &CheckedCredential::state));
}

Result<bool> has_manifest(const CredentialDirectory& directory) {
  VMCRED_TRY_ASSIGN(const Stored stored, directory.list());
  return std::ranges::find(stored, k_manifest_name, &StoredCredential::name) != stored.end();
}

Result<Check> check_directory(const CredentialDirectory& directory) {
  VMCRED_TRY_ASSIGN(const Stored stored, directory.list());
  if (std::ranges::find(stored, k_manifest_name, &StoredCredential::name) == stored.end())
    return no_manifest(directory.path());
  VMCRED_TRY_ASSIGN(const Manifest manifest, read_manifest(directory));

  Check check;
  for (const auto& entry : manifest.entries()) {
    VMCRED_TRY_ASSIGN(auto checked, check_one(directory, stored, manifest, entry));
    check.credentials.push_back(std::move(checked));
  }
  for (const auto& credential : stored) {
    const bool declared = std::ranges::find(check.credentials, credential.name, &CheckedCredential::name) !=
                          check.credentials.end();
    if (!declared && credential.name != k_manifest_name) check.undeclared.push_back(credential);
  }
  return check;
}

Error check_error(const Check& check) {
  std::vector<std::string> wrong;
  for (const auto& credential : check.credentials)
    if (credential.state != State::ok)
      wrong.push_back(base::concat(base::quoted(credential.name), " (", state_word(credential.state), ")"));
  return {.kind = ErrorKind::verify,
          .what = base::concat(base::counted(wrong.size(), "credential"),
                               " did not arrive as sent: ", base::join(wrong, ", ")),
          .hint = "start the VM again; 'vmcred vm show' on the host tells by which way they go"};
}

std::string check_json(const Check& check) {
  std::vector<std::string> credentials;
  credentials.reserve(check.credentials.size());
  for (const auto& credential : check.credentials)
    credentials.push_back(
        base::concat("{\"name\":", command::json_string(credential.name), ",\"size\":", credential.size,
                     ",\"state\":", command::json_string(state_word(credential.state)), "}"));
  std::vector<std::string> undeclared;
  undeclared.reserve(check.undeclared.size());
  for (const auto& credential : check.undeclared) undeclared.push_back(command::json_string(credential.name));
  return base::concat("\"verified\":", check.verified(), ",\"expected\":", check.credentials.size(),
                      ",\"credentials\":[", base::join(credentials, ","), "],\"undeclared\":[",
                      base::join(undeclared, ","), "]");
}

}  // namespace vmcred::guest
