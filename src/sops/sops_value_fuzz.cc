// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sops/path.h"
#include "sops/value.h"

// One text has one value: what is accepted as ENC[…] is what would be written (but for the old type "bytes").
// Without the key nothing decrypts. A path that is accepted is the one that its text says.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vmcred::sops;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto value = parse_encrypted_value(text)) {
    if (format_encrypted_value(*value) != text && !text.ends_with(",type:bytes]")) std::abort();
    auto cipher = ValueCipher::with_data_key(bytes_of(std::string(k_data_key_bytes, 'k')));
    if (!cipher || cipher->decrypt(text, "a:")) std::abort();
  }
  if (const auto path = parse_path(text); path && parse_path(path_text(*path)) != *path) std::abort();
  return 0;
}
