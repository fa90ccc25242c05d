// SPDX-License-Identifier: Apache-2.0
#include "runner/secrets/sources.h"

#include <sys/stat.h>

#include "base/text.h"
#include "config/unit_names.h"
#include "credential/directory.h"
#include "credential/manifest.h"
#include "credential/provider_protocol.h"
#include "runner/beside/guest_channel.h"
#include "runner/secrets/encrypted_secret.h"
#include "runner/secrets/private_directory.h"
#include "runner/secrets/refusal.h"
#include "runner/secrets/trusted_path.h"
#include "secret/read.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::quoted;
using base::Result;
using base::UniqueFd;
using config::Secret;
using config::VirtualMachine;
using credential::CredentialSet;
using secret::SecretBuffer;

std::string vm_and_secret(const VirtualMachine& vm, const Secret& secret) {
  return concat("vm ", quoted(vm.name), ": secret ", quoted(secret.name.text()));
}

Result<void> check_not_empty(const Secret& secret, const SecretBuffer& value, std::string_view place) {
  if (!value.empty() || secret.allow_empty) return {};
  return Error{.kind = ErrorKind::credential,
               .what = concat(place, " is empty"),
               .hint = concat("write the secret again, or set 'allow_empty = true' in [vms.…] secrets.",
                              secret.name.text(), " if it is meant to be empty")};
}

// The provider and its guard can only both be killed before the refusal was long enough for systemd.
Result<void> check_not_refused(const SecretBuffer& value, std::string_view place) {
  if (!credential::holds_refusal(value.bytes())) return {};
  return Error{.kind = ErrorKind::credential,
               .what = concat(place, " is no value but the beginning of a refusal"),
               .hint = "vmcred-provider was killed while it refused: see 'journalctl -u vmcred-provider'"};
}

void warn_when_open_to_others(const std::string& path, int fd, std::vector<std::string>& warnings) {
  struct stat status{};
  if (::fstat(fd, &status) != 0 || (status.st_mode & (S_IRGRP | S_IROTH)) == 0) return;
  warnings.push_back(concat(path, " can be read by ",
                            (status.st_mode & S_IROTH) != 0 ? "every user" : "its group",
                            "; secrets should be root:root 0400"));
}

// What all secrets of one start share.
struct Reading {
  const VirtualMachine& vm;
  StoredSecrets& stored;
  std::vector<std::string>& warnings;
  TrustedFiles files = {};
};

Result<SecretBuffer> read_file(const Secret& secret, const std::string& path, Reading& reading) {
  VMCRED_TRY_ASSIGN(const UniqueFd file, reading.files.open(path));
  warn_when_open_to_others(path, file.get(), reading.warnings);
  VMCRED_TRY_ASSIGN(SecretBuffer value,
                    secret::read_secret_file(file.get(), credential::k_max_credential_bytes, path));
  VMCRED_TRY(check_not_empty(secret, value, path));
  return value;
}

Result<SecretBuffer> read_source(const Secret& secret, Reading& reading) {
  if (const auto* file = std::get_if<config::FileSource>(&secret.source))
    return read_file(secret, file->path, reading);
  if (const auto* encrypted = std::get_if<config::EncryptedSource>(&secret.source)) {
    VMCRED_TRY_ASSIGN(SecretBuffer value,
                      read_encrypted_secret(encrypted->path, secret.name.host_credential()));
    VMCRED_TRY(check_not_empty(secret, value, encrypted->path));
    return value;
  }
  VMCRED_TRY_ASSIGN(SecretBuffer value, reading.stored.read(reading.vm, secret));
  VMCRED_TRY(check_not_empty(secret, value, "its value in the store"));
  return value;
}

// Calls `load` for each secret, gathering every failure before giving up.
template <typename Load>
Result<void> for_each_secret(const VirtualMachine& vm, Load load) {
  std::vector<Error> findings;
  for (const auto& secret : vm.secrets)
    if (Result<void> loaded = load(secret); !loaded)
      findings.push_back(in(vm_and_secret(vm, secret), std::move(loaded)));
  if (!findings.empty()) return base::first_with_others(std::move(findings));
  return {};
}

Result<void> add_text(const credential::CredentialName& name, std::string_view text, CredentialSet& set) {
  VMCRED_TRY_ASSIGN(SecretBuffer value, SecretBuffer::copy_of(std::as_bytes(std::span(text))));
  set.push_back({.name = name, .value = std::move(value)});
  return {};
}

// The provider can tell PID 1 nothing; what it has told its own directory belongs to what is missing here.
Error with_refusal(Error error, const VirtualMachine& vm) {
  if (const std::string reason = last_refusal(vm.name); !reason.empty())
    error.others.push_back({.kind = ErrorKind::credential, .what = concat("vmcred-provider says: ", reason)});
  return error;
}

}  // namespace

Result<UniqueFd> load_like_systemd(const VirtualMachine& vm, StoredSecrets& stored, const Identity& identity,
                                   std::vector<std::string>& warnings) {
  VMCRED_TRY_ASSIGN(PrivateDirectory directory, PrivateDirectory::make());
  Reading reading{.vm = vm, .stored = stored, .warnings = warnings};
  const auto copy_secret = [&](const Secret& secret) -> Result<void> {
    VMCRED_TRY_ASSIGN(const SecretBuffer value, read_source(secret, reading));
    return directory.add(secret.name.host_credential(), value, identity.uid, identity.gid);
  };
  VMCRED_TRY(for_each_secret(vm, copy_secret));
  VMCRED_TRY(directory.hand_over(identity.uid, identity.gid));
  return std::move(directory).take();
}

Result<CredentialSet> read_secrets(const VirtualMachine& vm, int directory_fd) {
  CredentialSet set;
  set.reserve(vm.secrets.size() + vm.static_values.size() + 1);
  const auto read_secret = [&](const Secret& secret) -> Result<void> {
    const auto host_name = secret.name.host_credential();
    VMCRED_TRY_ASSIGN(SecretBuffer value, credential::read_credential(directory_fd, host_name));
    const std::string place = concat(host_name.text(), " in credentials directory");
    VMCRED_TRY(check_not_empty(secret, value, place));
    if (config::is_provided(vm, secret)) VMCRED_TRY(check_not_refused(value, place));
    set.push_back({.name = secret.credential, .value = std::move(value)});
    return {};
  };
  if (auto read = for_each_secret(vm, read_secret); !read) return with_refusal(std::move(read).error(), vm);
  return set;
}

Result<CredentialSet> read_own_secrets(const VirtualMachine& vm, StoredSecrets& stored,
                                       std::vector<std::string>& warnings) {
  CredentialSet set;
  Reading reading{.vm = vm, .stored = stored, .warnings = warnings};
  const auto read_secret = [&](const Secret& secret) -> Result<void> {
    VMCRED_TRY_ASSIGN(SecretBuffer value, read_source(secret, reading));
    set.push_back({.name = secret.credential, .value = std::move(value)});
    return {};
  };
  VMCRED_TRY(for_each_secret(vm, read_secret));
  return set;
}

Result<void> add_static_values_and_manifest(const VirtualMachine& vm, std::string_view notify_address,
                                            CredentialSet& set) {
  if (!notify_address.empty())
    VMCRED_TRY(add_text(*credential::CredentialName::parse(credential::k_notify_name), notify_address, set));
  for (const auto& entry : vm.static_values) VMCRED_TRY(add_text(entry.credential, entry.value, set));
  VMCRED_TRY_ASSIGN(SecretBuffer manifest, credential::Manifest::make(set));
  set.push_back({.name = *credential::CredentialName::parse(credential::k_manifest_name),
                 .value = std::move(manifest)});
  return {};
}

}  // namespace vmcred::runner
