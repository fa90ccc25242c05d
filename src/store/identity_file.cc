// SPDX-License-Identifier: Apache-2.0
#include "store/identity_file.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "base/text.h"

namespace vmcred::store {
namespace {

std::string now() {
  const std::time_t time = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace

base::Result<secret::SecretBuffer> identity_file(const age::GeneratedIdentity& identity) {
  const std::string comments =
      base::concat("# created: ", now(), "\n# public key: ", identity.recipient, "\n");
  const auto key = identity.secret_key.bytes();
  VMCRED_TRY_ASSIGN(auto file, secret::SecretBuffer::zeroed(comments.size() + key.size() + 1));
  const auto bytes = file.writable_bytes();
  std::ranges::copy(std::as_bytes(std::span(comments)), bytes.begin());
  std::ranges::copy(key, bytes.subspan(comments.size()).begin());
  bytes.back() = std::byte{'\n'};
  return file;
}

}  // namespace vmcred::store
