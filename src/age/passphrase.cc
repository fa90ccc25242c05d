// SPDX-License-Identifier: Apache-2.0
// Passphrases as recipients and identities. Source: C2SP age specification, "scrypt recipient stanza".
#include <array>
#include <charconv>
#include <vector>

#include "age/base64.h"
#include "age/failure.h"
#include "age/file_key.h"
#include "age/identity.h"
#include "age/passphrase.h"
#include "age/recipient.h"
#include "base/text.h"
#include "crypto/scrypt.h"
#include "secret/random.h"

namespace vmcred::age {
namespace {

using base::concat;
using secret::SecretBuffer;

constexpr std::string_view k_salt_label = "age-encryption.org/v1/scrypt";
constexpr std::size_t k_salt_bytes = 16;
constexpr std::size_t k_wrap_key_bytes = 32;
constexpr unsigned k_highest_log_n = 30;

base::Result<SecretBuffer> wrap_key(const SecretBuffer& passphrase, crypto::Bytes salt, unsigned log_n) {
  std::vector<std::byte> labelled;
  for (const char letter : k_salt_label) labelled.push_back(static_cast<std::byte>(letter));
  labelled.insert(labelled.end(), salt.begin(), salt.end());
  VMCRED_TRY_ASSIGN(auto key, SecretBuffer::zeroed(k_wrap_key_bytes));
  VMCRED_TRY(crypto::scrypt(passphrase.bytes(), labelled, log_n, key.writable_bytes()));
  return key;
}

base::Result<SecretBuffer> copied(crypto::Bytes passphrase) {
  if (passphrase.empty())
    return base::Error{.kind = base::ErrorKind::credential, .what = "the passphrase is empty"};
  return SecretBuffer::copy_of(passphrase);
}

class PassphraseRecipient : public Recipient {
 public:
  PassphraseRecipient(SecretBuffer passphrase, unsigned log_n)
      : m_passphrase(std::move(passphrase)), m_log_n(log_n) {}

  base::Result<std::vector<Stanza>> wrap(crypto::Bytes file_key) const override {
    std::array<std::byte, k_salt_bytes> salt;
    VMCRED_TRY(secret::fill_random(salt));
    VMCRED_TRY_ASSIGN(const auto key, wrap_key(m_passphrase, salt, m_log_n));
    std::vector<Stanza> stanzas(1);
    stanzas.front() = {.type = std::string(k_passphrase_stanza_type),
                       .arguments = {encode_base64(salt), concat(m_log_n)},
                       .body = seal_file_key(key.bytes(), file_key)};
    return stanzas;
  }

  // One that no other recipient has: whoever knows the passphrase should know that the file is from one who
  // does.
  base::Result<std::set<std::string>> labels() const override {
    std::array<std::byte, k_salt_bytes> label;
    VMCRED_TRY(secret::fill_random(label));
    return std::set<std::string>{encode_base64(label)};
  }

  std::string text() const override { return ""; }

 private:
  SecretBuffer m_passphrase;
  unsigned m_log_n;
};

class PassphraseIdentity : public Identity {
 public:
  PassphraseIdentity(SecretBuffer passphrase, unsigned max_log_n)
      : m_passphrase(std::move(passphrase)), m_max_log_n(max_log_n) {}

  base::Result<std::optional<SecretBuffer>> unwrap(std::span<const Stanza> stanzas) const override {
    for (const Stanza& stanza : stanzas) {
      if (stanza.type != k_passphrase_stanza_type) continue;
      VMCRED_TRY_ASSIGN(auto file_key, unwrap_one(stanza));
      if (file_key) return file_key;
    }
    return std::optional<SecretBuffer>();
  }

  std::string recipient() const override { return ""; }

 private:
  // Decimal, without a sign or leading zeros.
  base::Result<unsigned> log_n_of(const std::string& text) const {
    unsigned log_n = 0;
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, log_n);
    if (parsed.ec != std::errc() || parsed.ptr != end || text.front() == '0')
      return failed(Failure::header, "a passphrase stanza's work factor is not a number");
    if (log_n > m_max_log_n)
      return failed(Failure::header, concat("opening the file would take 2^", log_n,
                                            " KiB of memory; the limit is 2^", m_max_log_n, " KiB"));
    return log_n;
  }

  base::Result<std::optional<SecretBuffer>> unwrap_one(const Stanza& stanza) const {
    const auto salt = stanza.arguments.size() == 2 ? decode_base64(stanza.arguments.front()) : std::nullopt;
    if (!salt || salt->size() != k_salt_bytes || stanza.body.size() != k_wrapped_file_key_bytes)
      return failed(Failure::header, "a passphrase stanza is malformed");
    VMCRED_TRY_ASSIGN(const unsigned log_n, log_n_of(stanza.arguments.back()));
    VMCRED_TRY_ASSIGN(const auto key, wrap_key(m_passphrase, *salt, log_n));
    return open_file_key(key.bytes(), stanza.body);
  }

  SecretBuffer m_passphrase;
  unsigned m_max_log_n;
};

}  // namespace

base::Result<std::unique_ptr<const Recipient>> passphrase_recipient(crypto::Bytes passphrase,
                                                                    unsigned log_n) {
  if (log_n < 1 || log_n > k_highest_log_n)
    return base::Error{.kind = base::ErrorKind::usage,
                       .what = concat("a work factor is from 1 to ", k_highest_log_n)};
  VMCRED_TRY_ASSIGN(SecretBuffer copy, copied(passphrase));
  return std::make_unique<const PassphraseRecipient>(std::move(copy), log_n);
}

base::Result<std::unique_ptr<const Identity>> passphrase_identity(crypto::Bytes passphrase,
                                                                  unsigned max_log_n) {
  VMCRED_TRY_ASSIGN(SecretBuffer copy, copied(passphrase));
  return std::make_unique<const PassphraseIdentity>(std::move(copy), max_log_n);
}

}  // namespace vmcred::age
