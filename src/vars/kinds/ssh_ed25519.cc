// SPDX-License-Identifier: Apache-2.0
// Source: OpenSSH's PROTOCOL.key, "openssh-key-v1".
#include <algorithm>

#include "age/openssh_key.h"
#include "crypto/ed25519.h"
#include "secret/base64.h"
#include "secret/random.h"
#include "vars/kinds/kinds.h"
#include "vars/kinds/secret_writer.h"

namespace vmcred::vars {
namespace {

using base::Result;
using crypto::Bytes;
using secret::SecretBuffer;

constexpr std::string_view k_type = "ssh-ed25519";
constexpr std::string_view k_magic{"openssh-key-v1\0", 15};
constexpr std::string_view k_begin = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
constexpr std::string_view k_end = "-----END OPENSSH PRIVATE KEY-----\n";
constexpr std::size_t k_line_width = 70;
constexpr std::size_t k_capacity = 1024;  // more than any part of it has
constexpr std::size_t k_block_bytes = 8;

Result<SecretBuffer> public_blob(Bytes public_key) {
  VMCRED_TRY_ASSIGN(SecretWriter writer, SecretWriter::with_capacity(k_capacity));
  writer.add_string(k_type);
  writer.add_string(public_key);
  return std::move(writer).take();
}

Result<SecretBuffer> private_section(Bytes seed, Bytes public_key) {
  VMCRED_TRY_ASSIGN(SecretWriter writer, SecretWriter::with_capacity(k_capacity));
  std::uint32_t check = 0;
  VMCRED_TRY(secret::fill_random(std::as_writable_bytes(std::span(&check, 1))));
  writer.add_number(check);
  writer.add_number(check);
  writer.add_string(k_type);
  writer.add_string(public_key);
  writer.add_number(static_cast<std::uint32_t>(seed.size() + public_key.size()));
  writer.add(seed);
  writer.add(public_key);
  writer.add_string("");  // comment
  for (std::byte padding{1}; writer.size() % k_block_bytes != 0;
       padding = std::byte(std::to_integer<int>(padding) + 1))
    writer.add({&padding, 1});
  return std::move(writer).take();
}

Result<SecretBuffer> armored(Bytes key) {
  VMCRED_TRY_ASSIGN(SecretWriter writer, SecretWriter::with_capacity(2 * k_capacity));
  writer.add(k_begin);
  VMCRED_TRY(writer.add_base64(key, k_line_width));
  writer.add(k_end);
  return std::move(writer).take();
}

base::Error no_key() {
  return {.kind = base::ErrorKind::credential,
          .what = "the private key is no ed25519 key in OpenSSH's format without a passphrase"};
}

}  // namespace

Result<SecretBuffer> make_ssh_ed25519() {
  VMCRED_TRY_ASSIGN(const SecretBuffer seed, make_raw(crypto::k_ed25519_seed_bytes));
  VMCRED_TRY_ASSIGN(const auto public_key, crypto::ed25519_public(seed.bytes()));
  VMCRED_TRY_ASSIGN(const SecretBuffer blob, public_blob(public_key));
  VMCRED_TRY_ASSIGN(const SecretBuffer section, private_section(seed.bytes(), public_key));
  VMCRED_TRY_ASSIGN(SecretWriter writer, SecretWriter::with_capacity(k_capacity));
  writer.add(k_magic);
  writer.add_string("none");  // cipher
  writer.add_string("none");  // key derivation
  writer.add_string("");      // its options
  writer.add_number(1);       // keys
  writer.add_string(blob.bytes());
  writer.add_string(section.bytes());
  return armored(writer.bytes());
}

Result<SecretBuffer> make_ssh_ed25519_public(Bytes private_key) {
  const auto key = age::OpensshKey::parse(private_key);
  if (!key || key->is_locked() || key->public_key().type() != k_type) return no_key();
  const std::string line = key->public_key().text();
  return SecretBuffer::copy_of(std::as_bytes(std::span(line)));
}

}  // namespace vmcred::vars
