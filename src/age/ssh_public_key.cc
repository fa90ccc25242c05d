// SPDX-License-Identifier: Apache-2.0
#include "age/ssh_public_key.h"

#include <algorithm>

#include "age/base64.h"
#include "age/ssh_wire.h"
#include "base/text.h"
#include "crypto/digest.h"

namespace vmcred::age {
namespace {

using base::concat;
using base::ErrorKind;
using base::Result;

constexpr std::size_t k_tag_bytes = 4;
constexpr std::size_t k_min_rsa_bits = 2048;

crypto::Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

base::Error malformed_key(std::string_view type) {
  return {.kind = ErrorKind::config, .what = concat("malformed ", type, " public key")};
}

base::Error unsupported(std::string_view type) {
  return {.kind = ErrorKind::config,
          .what = concat("ssh keys of type ", base::quoted(type), " can't encrypt"),
          .hint = "use a key of type ssh-ed25519 or ssh-rsa: ssh-keygen -t ed25519"};
}

Result<SshEd25519PublicKey> parse_ed25519(SshReader& reader) {
  SshEd25519PublicKey key;
  const auto point = reader.string();
  if (!point || point->size() != key.point.size() || !reader.rest().empty())
    return malformed_key(k_ssh_ed25519);
  std::copy(point->begin(), point->end(), key.point.begin());
  const auto montgomery = crypto::x25519_of_ed25519_public(*point);
  if (!montgomery) return malformed_key(k_ssh_ed25519);
  key.montgomery = *montgomery;
  return key;
}

Result<crypto::RsaPublicKey> parse_rsa(SshReader& reader) {
  const auto exponent = reader.big_number();
  const auto modulus = reader.big_number();
  if (!exponent || !modulus || !reader.rest().empty()) return malformed_key(k_ssh_rsa);
  crypto::RsaPublicKey key{.modulus = {modulus->begin(), modulus->end()},
                           .exponent = {exponent->begin(), exponent->end()}};
  if (key.bits() < k_min_rsa_bits)
    return base::Error{.kind = ErrorKind::refused,
                       .what = concat("the rsa key has ", key.bits(), " bits: too few to be safe"),
                       .hint = "make a key of at least 2048 bits, or better: ssh-keygen -t ed25519"};
  return key;
}

// The type's own name for it, without the rest of the line.
std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const auto word = line.substr(0, line.find_first_of(" \t"));
  line.remove_prefix(word.size());
  return word;
}

}  // namespace

std::string_view SshPublicKey::type() const {
  return std::holds_alternative<SshEd25519PublicKey>(key) ? k_ssh_ed25519 : k_ssh_rsa;
}

std::string SshPublicKey::tag() const {
  const auto digest = crypto::sha256({blob});
  return encode_base64(std::span(digest).first(k_tag_bytes));
}

std::string SshPublicKey::text() const {
  // SSH's base64 is padded, age's is not.
  const auto letters = encode_base64(blob);
  return concat(type(), " ", letters, std::string((4 - letters.size() % 4) % 4, '='));
}

Result<SshPublicKey> parse_ssh_public_blob(crypto::Bytes blob) {
  SshReader reader(blob);
  const auto type = reader.text();
  if (!type) return malformed_key("ssh");
  SshPublicKey key{.key = {}, .blob = {blob.begin(), blob.end()}};
  if (*type == k_ssh_ed25519) {
    VMCRED_TRY_ASSIGN(key.key, parse_ed25519(reader));
  } else if (*type == k_ssh_rsa) {
    VMCRED_TRY_ASSIGN(key.key, parse_rsa(reader));
  } else {
    return unsupported(*type);
  }
  return key;
}

Result<SshPublicKey> parse_ssh_public_line(std::string_view line) {
  auto rest = line;
  const auto type = take_word(rest);
  if (type != k_ssh_ed25519 && type != k_ssh_rsa) return unsupported(type);
  auto letters = take_word(rest);
  // Base64 as SSH writes it: padded.
  const bool padded = !letters.empty() && letters.size() % 4 == 0;
  for (int i = 0; i < 2 && letters.ends_with('='); ++i) letters.remove_suffix(1);
  const auto blob = decode_base64(letters);
  if (!padded || !blob) return malformed_key(type);
  VMCRED_TRY_ASSIGN(auto key, parse_ssh_public_blob(*blob));
  if (key.type() != type) return malformed_key(type);
  return key;
}

Result<SshPublicKey> ssh_public_key_of(const crypto::RsaPublicKey& key) {
  std::vector<std::byte> blob;
  append_ssh_string(blob, bytes_of(k_ssh_rsa));
  append_ssh_big_number(blob, key.exponent);
  append_ssh_big_number(blob, key.modulus);
  return parse_ssh_public_blob(blob);
}

}  // namespace vmcred::age
