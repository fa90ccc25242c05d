// SPDX-License-Identifier: Apache-2.0
#include "age/identity_file.h"

#include <algorithm>

#include "base/text.h"
#include "base/utc_time.h"

namespace vmcred::age {
base::Result<secret::SecretBuffer> identity_file(const GeneratedIdentity& identity) {
  const std::string comments =
      base::concat("# created: ", base::utc_now(), "\n# public key: ", identity.recipient, "\n");
  const auto key = identity.secret_key.bytes();
  VMCRED_TRY_ASSIGN(auto file, secret::SecretBuffer::zeroed(comments.size() + key.size() + 1));
  const auto bytes = file.writable_bytes();
  std::ranges::copy(std::as_bytes(std::span(comments)), bytes.begin());
  std::ranges::copy(key, bytes.subspan(comments.size()).begin());
  bytes.back() = std::byte{'\n'};
  return file;
}

}  // namespace vmcred::age
