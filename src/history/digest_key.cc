// SPDX-License-Identifier: Apache-2.0
#include "history/digest_key.h"

#include <fcntl.h>
#include <sodium/crypto_generichash.h>
#include <unistd.h>
#include <cerrno>

#include "base/file.h"
#include "base/text.h"
#include "history/places.h"
#include "secret/random.h"
#include "secret/read.h"

namespace vmcred::history {
namespace {

using base::concat;
using base::Result;
using secret::SecretBuffer;

constexpr std::string_view k_name = "key";
constexpr std::size_t k_id_bytes = 4;
constexpr std::size_t k_key_bytes = 32;
constexpr std::size_t k_file_bytes = k_id_bytes + k_key_bytes;

// Makes the file unless somebody has by then: a link never replaces.
Result<void> make_file(const std::string& directory, const std::string& path) {
  VMCRED_TRY(make_place(directory));
  VMCRED_TRY_ASSIGN(SecretBuffer bytes, SecretBuffer::zeroed(k_file_bytes));
  VMCRED_TRY(secret::fill_random(bytes.writable_bytes()));
  VMCRED_TRY_ASSIGN(const base::UniqueFd file, base::open_file(directory, O_TMPFILE | O_WRONLY, 0600));
  VMCRED_TRY(base::write_all(file.get(), bytes.bytes(), path));
  const std::string unnamed = concat("/proc/self/fd/", file.get());
  if (::linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, path.c_str(), AT_SYMLINK_FOLLOW) != 0 && errno != EEXIST)
    return base::errno_error(path);
  return {};
}

}  // namespace

Result<DigestKey> DigestKey::open(const std::string& directory) {
  const std::string path = concat(directory, "/", k_name);
  if (!base::path_exists(path)) VMCRED_TRY(make_file(directory, path));
  VMCRED_TRY_ASSIGN(const base::UniqueFd file, base::open_file(path, O_RDONLY | O_NOFOLLOW));
  VMCRED_TRY_ASSIGN(const SecretBuffer bytes, secret::read_secret_file(file.get(), k_file_bytes, path));
  if (bytes.size() != k_file_bytes)
    return base::Error{
        .kind = base::ErrorKind::io, .what = concat(path, " is not whole"), .hint = "remove it"};
  const auto all = bytes.bytes();
  VMCRED_TRY_ASSIGN(SecretBuffer key, SecretBuffer::copy_of(all.subspan(k_id_bytes)));
  return DigestKey(base::hex(all.first(k_id_bytes)), std::move(key));
}

DeliveredState DigestKey::state_of(std::span<const std::byte> value) const {
  DeliveredState state{.key_id = m_id, .digest = {}};
  const auto key = m_key.bytes();
  crypto_generichash(reinterpret_cast<unsigned char*>(state.digest.data()), state.digest.size(),
                     reinterpret_cast<const unsigned char*>(value.data()), value.size(),
                     reinterpret_cast<const unsigned char*>(key.data()), key.size());
  return state;
}

}  // namespace vmcred::history
