// SPDX-License-Identifier: Apache-2.0
// Any bytes as an SSH private key. The first byte tells whether the rest is the file, or what its base64
// holds: few mutations of base64 reach what is inside.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "age/openssh_key.h"
#include "age/ssh_key_file.h"
#include "secret/base64.h"

namespace {

namespace age = vmcred::age;
using vmcred::crypto::Bytes;

std::string armored(Bytes bytes) {
  std::string letters(vmcred::secret::base64_length(bytes.size()), '\0');
  vmcred::secret::base64_encode(bytes, std::as_writable_bytes(std::span(letters)));
  return std::string(age::k_openssh_begin) + "\n" + letters + "\n-----END OPENSSH PRIVATE KEY-----\n";
}

// A public key that was taken has one spelling only.
void check(Bytes pem) {
  const auto file = age::SshKeyFile::parse(pem, "fuzz", nullptr);
  if (!file) return;
  const auto& key = (*file)->public_key();
  const auto again = age::parse_ssh_public_line(key.text());
  if (!again || !(*again == key)) std::abort();
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer gives the name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto rest = std::as_bytes(std::span(data, size)).subspan(1);
  if (data[0] == '-') {
    check(std::as_bytes(std::span(data, size)));
  } else {
    const auto pem = armored(rest);
    check(std::as_bytes(std::span(pem)));
  }
  return 0;
}
