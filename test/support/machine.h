// SPDX-License-Identifier: Apache-2.0
// For tests: VMs, secrets and credentials in one line.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "config/model.h"
#include "credential/credential.h"
#include "support/bytes.h"

namespace vmcred::test_support {

inline credential::CredentialName credential_name(std::string_view text) {
  return *credential::CredentialName::parse(text);
}

inline credential::SecretName secret_name(std::string_view text) {
  return *credential::SecretName::parse(text);
}

inline credential::Credential credential_of(std::string_view name, std::string_view value) {
  return {.name = credential_name(name), .value = *secret::SecretBuffer::copy_of(bytes_of(value))};
}

inline config::Secret file_secret(std::string_view name, std::string path) {
  return {.name = secret_name(name),
          .credential = secret_name(name).guest_credential(),
          .source = config::FileSource{.path = std::move(path)}};
}

inline config::VirtualMachine machine(config::Machine kind = config::Machine::q35) {
  config::VirtualMachine vm;
  vm.name = "test-vm";
  vm.machine = kind;
  vm.kernel = "/boot/vmlinuz";
  return vm;
}

}  // namespace vmcred::test_support
