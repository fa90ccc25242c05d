// SPDX-License-Identifier: Apache-2.0
#include "sops/value.h"

#include <array>
#include <cassert>
#include <optional>
#include <utility>

#include "base/text.h"
#include "secret/base64.h"
#include "secret/random.h"
#include "sops/canonical.h"
#include "sops/failure.h"

namespace vmcred::sops {
namespace {

using base::Result;

constexpr std::string_view k_opening = "ENC[AES256_GCM,data:";
constexpr std::string_view k_before_nonce = ",iv:";
constexpr std::string_view k_before_tag = ",tag:";
constexpr std::string_view k_before_type = ",type:";
constexpr std::string_view k_closing = "]";

constexpr std::size_t k_nonce_bytes = 32;
constexpr std::size_t k_max_nonce_bytes = 128;

struct TypeName {
  std::string_view name;
  Leaf::Type type;
};

// The first name of a type is the one that is written.
constexpr std::array k_type_names = {
    TypeName{"str", Leaf::Type::string},     TypeName{"int", Leaf::Type::integer},
    TypeName{"float", Leaf::Type::floating}, TypeName{"bool", Leaf::Type::boolean},
    TypeName{"time", Leaf::Type::timestamp}, TypeName{"comment", Leaf::Type::comment},
    TypeName{"bytes", Leaf::Type::string},
};

std::string_view name_of(Leaf::Type type) {
  for (const auto& [name, named] : k_type_names)
    if (named == type) return name;
  return "";
}

std::optional<Leaf::Type> type_of(std::string_view name) {
  for (const auto& [known, type] : k_type_names)
    if (known == name) return type;
  return std::nullopt;
}

base::Error malformed(std::string_view part) {
  return failed(Failure::decrypting_tree, base::concat("an encrypted value is malformed: ", part),
                "the file was changed by hand or cut; take it from version control again");
}

// What stands before `end`, taken off the front of `rest` with it.
std::optional<std::string_view> take_until(std::string_view& rest, std::string_view end) {
  const std::size_t at = rest.find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view part = rest.substr(0, at);
  rest.remove_prefix(at + end.size());
  return part;
}

// Canonical base64 without white space: one text for one value.
std::optional<std::vector<std::byte>> decode(std::optional<std::string_view> text) {
  if (!text || text->empty() || text->size() % 4 != 0) return std::nullopt;
  if (text->find_first_of(" \t\r\n") != std::string_view::npos) return std::nullopt;
  std::vector<std::byte> bytes(text->size() / 4 * 3);
  const auto size = secret::base64_decode(bytes_of(*text), bytes);
  if (!size) return std::nullopt;
  bytes.resize(*size);
  return bytes;
}

void append_base64(std::string& text, crypto::Bytes bytes) {
  const std::size_t start = text.size();
  text.resize(start + secret::base64_length(bytes.size()));
  secret::base64_encode(bytes, std::as_writable_bytes(std::span(text).subspan(start)));
}

}  // namespace

bool looks_encrypted(std::string_view text) { return text.starts_with("ENC[") && text.ends_with(k_closing); }

Result<EncryptedValue> parse_encrypted_value(std::string_view text) {
  if (!text.starts_with(k_opening) || !text.ends_with(k_closing)) return malformed("not ENC[AES256_GCM,…]");
  text.remove_prefix(k_opening.size());
  text.remove_suffix(k_closing.size());
  auto data = decode(take_until(text, k_before_nonce));
  auto nonce = decode(take_until(text, k_before_tag));
  auto tag = decode(take_until(text, k_before_type));
  const auto type = type_of(text);
  if (!data) return malformed("its data are no base64");
  if (!nonce || nonce->size() > k_max_nonce_bytes) return malformed("its iv is none");
  if (!tag || tag->size() != crypto::k_aes_gcm_tag_bytes) return malformed("its tag is none");
  if (!type) return malformed("its type is unknown");
  return EncryptedValue{
      .type = *type, .data = *std::move(data), .nonce = *std::move(nonce), .tag = *std::move(tag)};
}

std::string format_encrypted_value(const EncryptedValue& value) {
  std::string text;
  text.reserve(k_opening.size() + value.data.size() / 3 * 4 + 128);
  text += k_opening;
  append_base64(text, value.data);
  text += k_before_nonce;
  append_base64(text, value.nonce);
  text += k_before_tag;
  append_base64(text, value.tag);
  text.append(k_before_type).append(name_of(value.type)).append(k_closing);
  return text;
}

Result<ValueCipher> ValueCipher::with_data_key(crypto::Bytes data_key) {
  VMCRED_TRY_ASSIGN(auto cipher, crypto::Aes256Gcm::with_key(data_key));
  return ValueCipher(std::move(cipher));
}

Result<std::string> ValueCipher::encrypt(Leaf::Type type, crypto::Bytes plaintext,
                                         std::string_view associated_data) {
  assert(!plaintext.empty() && type != Leaf::Type::null);
  EncryptedValue value{.type = type,
                       .data = std::vector<std::byte>(plaintext.size()),
                       .nonce = std::vector<std::byte>(k_nonce_bytes),
                       .tag = std::vector<std::byte>(crypto::k_aes_gcm_tag_bytes)};
  VMCRED_TRY(secret::fill_random(value.nonce));
  VMCRED_TRY(m_cipher.encrypt(value.nonce, bytes_of(associated_data), plaintext, value.data, value.tag));
  return format_encrypted_value(value);
}

Result<Leaf> ValueCipher::decrypt(std::string_view ciphertext, std::string_view associated_data) {
  VMCRED_TRY_ASSIGN(const EncryptedValue value, parse_encrypted_value(ciphertext));
  VMCRED_TRY_ASSIGN(auto plaintext, secret::SecretBuffer::zeroed(value.data.size()));
  if (!m_cipher.decrypt(value.nonce, bytes_of(associated_data), value.data, value.tag,
                        plaintext.writable_bytes()))
    return failed(
        Failure::decrypting_tree,
        "an encrypted value does not belong here: it was changed, moved, or encrypted with another key",
        "take the file from version control again");
  VMCRED_TRY_ASSIGN(Leaf leaf, canonical_leaf(value.type, std::move(plaintext)));
  leaf.ciphertext = ciphertext;
  return leaf;
}

}  // namespace vmcred::sops
