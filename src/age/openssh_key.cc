// SPDX-License-Identifier: Apache-2.0
#include "age/openssh_key.h"

#include <string_view>

#include "age/openssh_section.h"
#include "age/ssh_wire.h"
#include "base/text.h"
#include "secret/base64.h"

namespace vmcred::age {
namespace {

using base::concat;
using base::ErrorKind;
using base::Result;
using secret::SecretBuffer;

constexpr std::string_view k_openssh_end = "-----END OPENSSH PRIVATE KEY-----";
constexpr std::string_view k_magic{"openssh-key-v1\0", 15};
constexpr std::string_view k_white_space = " \t\r\n";
constexpr std::string_view k_none = "none";
constexpr std::size_t k_unlocked_block_bytes = 8;

base::Error malformed_key_file(std::string_view reason) {
  return {.kind = ErrorKind::config, .what = concat("not a valid openssh private key: ", reason)};
}

// The bytes between the two marks.
Result<SecretBuffer> unarmored(crypto::Bytes pem) {
  std::string_view text(reinterpret_cast<const char*>(pem.data()), pem.size());
  if (!text.starts_with(k_openssh_begin)) return malformed_key_file("it does not begin with the mark");
  text.remove_prefix(k_openssh_begin.size());
  const auto end = text.find(k_openssh_end);
  if (end == std::string_view::npos) return malformed_key_file("its end is missing");
  if (text.find_first_not_of(k_white_space, end + k_openssh_end.size()) != std::string_view::npos)
    return malformed_key_file("something follows its end");
  const auto letters = std::as_bytes(std::span(text.substr(0, end)));
  VMCRED_TRY_ASSIGN(auto bytes, SecretBuffer::zeroed(letters.size()));
  const auto size = secret::base64_decode(letters, bytes.writable_bytes());
  if (!size) return malformed_key_file("it is not base64");
  bytes.truncate(*size);
  return bytes;
}

Result<const OpensshCipher*> cipher_of(std::string_view name, std::string_view kdf) {
  if (name == k_none && kdf == k_none) return nullptr;
  const auto* cipher = find_openssh_cipher(name);
  if (cipher == nullptr)
    return base::Error{
        .kind = ErrorKind::config,
        .what = concat("the ssh key is encrypted with ", base::quoted(name), ", which is not supported"),
        .hint = "encrypt it with the usual cipher: ssh-keygen -p -Z aes256-ctr -f FILE"};
  if (kdf != "bcrypt") return malformed_key_file(concat("its key derivation is ", base::quoted(kdf)));
  return cipher;
}

Result<OpensshKdf> parse_kdf(crypto::Bytes options, bool locked) {
  if (!locked && options.empty()) return OpensshKdf{};
  SshReader reader(options);
  const auto salt = reader.string();
  const auto rounds = reader.number();
  if (!locked || !salt || !rounds || !reader.rest().empty())
    return malformed_key_file("its key derivation options");
  return OpensshKdf{.salt = {salt->begin(), salt->end()}, .rounds = *rounds};
}

}  // namespace

Result<OpensshKey> OpensshKey::parse(crypto::Bytes pem) {
  VMCRED_TRY_ASSIGN(const auto bytes, unarmored(pem));
  const auto magic = std::as_bytes(std::span(k_magic));
  if (bytes.size() < magic.size() || !std::equal(magic.begin(), magic.end(), bytes.bytes().begin()))
    return malformed_key_file("another version, or none");
  SshReader reader(bytes.bytes().subspan(magic.size()));
  const auto cipher = reader.text();
  const auto kdf = reader.text();
  const auto kdf_options = reader.string();
  const auto count = reader.number();
  if (!cipher || !kdf || !kdf_options || count != 1U) return malformed_key_file("its first fields");

  OpensshKey key;
  VMCRED_TRY_ASSIGN(key.m_cipher, cipher_of(*cipher, *kdf));
  VMCRED_TRY_ASSIGN(key.m_kdf, parse_kdf(*kdf_options, key.is_locked()));
  const auto public_blob = reader.string();
  const auto section = reader.string();
  if (!public_blob || !section || !reader.rest().empty()) return malformed_key_file("its keys");
  VMCRED_TRY_ASSIGN(key.m_public_key, parse_ssh_public_blob(*public_blob));
  const std::size_t block = key.is_locked() ? k_aes_block_bytes : k_unlocked_block_bytes;
  if (section->empty() || section->size() % block != 0)
    return malformed_key_file("its secret part is not of whole blocks");
  VMCRED_TRY_ASSIGN(key.m_section, SecretBuffer::copy_of(*section));
  return key;
}

Result<SshPrivateKey> OpensshKey::open(crypto::Bytes passphrase) const {
  if (!is_locked()) return parse_openssh_section(m_section.bytes(), m_public_key, k_unlocked_block_bytes);
  const base::Error wrong{.kind = ErrorKind::credential, .what = "the passphrase of the ssh key is wrong"};
  if (passphrase.empty()) return wrong;
  VMCRED_TRY_ASSIGN(const auto section,
                    decrypt_openssh_section(*m_cipher, m_kdf, passphrase, m_section.bytes()));
  if (!openssh_section_is_open(section.bytes())) return wrong;
  return parse_openssh_section(section.bytes(), m_public_key, k_aes_block_bytes);
}

}  // namespace vmcred::age
