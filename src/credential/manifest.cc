// SPDX-License-Identifier: Apache-2.0
#include "credential/manifest.h"

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>
#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "secret/base64.h"
#include "secret/random.h"

namespace vmcred::credential {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using secret::SecretBuffer;
using Bytes = std::span<const std::byte>;

constexpr std::string_view k_first_line = "vmcred-manifest 1\n";
constexpr std::string_view k_key_word = "key ";
constexpr std::string_view k_end_word = "end ";
constexpr std::size_t k_key_bytes = 32;
constexpr std::size_t k_digest_bytes = std::tuple_size_v<ManifestDigest>;
constexpr std::size_t k_base64_letters = secret::base64_length(k_digest_bytes);
constexpr std::size_t k_key_line_bytes = k_key_word.size() + secret::base64_length(k_key_bytes) + 1;
static_assert(k_key_bytes == k_digest_bytes);

Bytes manifest_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

const unsigned char* octets(Bytes bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

// The name counts, and its length, so that two secrets that changed places are noticed.
ManifestDigest keyed_digest(Bytes key, const CredentialName& name, Bytes value) {
  std::array<std::byte, sizeof(std::uint64_t)> name_size{};
  for (std::size_t i = 0; i < name_size.size(); ++i)
    name_size[i] = static_cast<std::byte>(std::uint64_t{name.text().size()} >> (8 * i));

  ManifestDigest digest{};
  crypto_generichash_state state;
  crypto_generichash_init(&state, octets(key), key.size(), digest.size());
  for (const Bytes part : {Bytes(name_size), manifest_bytes(name.text()), value})
    crypto_generichash_update(&state, octets(part), part.size());
  crypto_generichash_final(&state, reinterpret_cast<unsigned char*>(digest.data()), digest.size());
  sodium_memzero(&state, sizeof state);
  return digest;
}

std::size_t entry_line_size(const CredentialName& name, std::size_t size) {
  return std::to_string(size).size() + 1 + k_base64_letters + 1 + name.text().size() + 1;
}

// Fills a place of the right size from front to back.
class TextWriter {
 public:
  explicit TextWriter(std::span<std::byte> place) : m_place(place) {}

  void put(std::string_view text) {
    const Bytes bytes = manifest_bytes(text);
    std::copy(bytes.begin(), bytes.end(), next(bytes.size()).begin());
  }
  void put_base64(Bytes bytes) { secret::base64_encode(bytes, next(secret::base64_length(bytes.size()))); }
  bool full() const { return m_place.empty(); }

 private:
  std::span<std::byte> next(std::size_t size) {
    const auto part = m_place.first(size);
    m_place = m_place.subspan(size);
    return part;
  }

  std::span<std::byte> m_place;
};

Result<std::vector<const Credential*>> sorted_by_name(std::span<const Credential> set) {
  std::vector<const Credential*> sorted;
  for (const auto& credential : set) {
    if (credential.value.size() > k_max_credential_bytes)
      return Error{
          .kind = ErrorKind::credential,
          .what = base::concat("credential ", base::quoted(credential.name.text()), " has ",
                               base::byte_count(credential.value.size()), ", which is more than 1 MiB")};
    sorted.push_back(&credential);
  }
  const auto name_of = [](const Credential* credential) -> const std::string& {
    return credential->name.text();
  };
  std::ranges::sort(sorted, {}, name_of);
  const auto twin = std::ranges::adjacent_find(sorted, {}, name_of);
  if (twin != sorted.end())
    return Error{.kind = ErrorKind::credential,
                 .what = base::concat("two credentials have the name ", base::quoted((*twin)->name.text()))};
  return sorted;
}

// Takes the text apart, front to back. Every complaint names the line and what was expected there.
class TextReader {
 public:
  explicit TextReader(Bytes text) : m_rest(reinterpret_cast<const char*>(text.data()), text.size()) {}

  bool at_end() const { return m_rest.empty(); }
  bool next_is(std::string_view word) const { return m_rest.starts_with(word); }

  bool take(std::string_view word) {
    if (!next_is(word)) return false;
    m_rest.remove_prefix(word.size());
    m_line += word.ends_with('\n') ? 1 : 0;
    return true;
  }

  std::string_view take_until(char end) {
    const std::string_view taken = m_rest.substr(0, m_rest.find(end));
    m_rest.remove_prefix(taken.size());
    return taken;
  }

  // A decimal number as we write it: no sign, no leading zero.
  std::optional<std::size_t> take_number(char end) {
    const std::string_view digits = take_until(end);
    std::size_t number = 0;
    const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    const bool whole = error == std::errc() && rest == digits.data() + digits.size();
    if (!whole || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
    return number;
  }

  // Exactly the base64 text of 32 bytes; `place` needs one byte more, which the decoder may touch.
  bool take_32_bytes(std::span<std::byte, k_digest_bytes + 1> place) {
    const std::string_view letters = m_rest.substr(0, k_base64_letters);
    if (letters.size() != k_base64_letters) return false;
    m_rest.remove_prefix(letters.size());
    return secret::base64_decode(manifest_bytes(letters), place) == k_digest_bytes;
  }

  Error error(std::string_view reason) const {
    return {.kind = ErrorKind::verify,
            .what = base::concat(k_manifest_name, ", line ", m_line, ": ", reason)};
  }

 private:
  std::string_view m_rest;
  std::size_t m_line = 1;
};

Result<SecretBuffer> read_key(TextReader& reader) {
  VMCRED_TRY_ASSIGN(SecretBuffer key, SecretBuffer::zeroed(k_key_bytes + 1));
  if (!reader.take(k_key_word) || !reader.take_32_bytes(key.writable_bytes().first<k_key_bytes + 1>()))
    return reader.error("expected 'key' and 32 bytes of base64");
  key.truncate(k_key_bytes);
  if (!reader.take("\n")) return reader.error("the key is too long");
  return key;
}

Result<ManifestEntry> read_entry(TextReader& reader) {
  const auto size = reader.take_number(' ');
  if (!size || *size > k_max_credential_bytes || !reader.take(" "))
    return reader.error("expected a size of at most 1 MiB, or the end");
  std::array<std::byte, k_digest_bytes + 1> digest_place{};
  if (!reader.take_32_bytes(digest_place) || !reader.take(" ")) return reader.error("expected a digest");
  auto name = CredentialName::parse(reader.take_until('\n'));
  if (!name || name->text() == k_manifest_name) return reader.error("expected a credential's name");
  ManifestEntry entry{.name = *std::move(name), .size = *size, .digest = {}};
  std::copy_n(digest_place.begin(), k_digest_bytes, entry.digest.begin());
  return entry;
}

}  // namespace

Result<SecretBuffer> Manifest::make(std::span<const Credential> set) {
  VMCRED_TRY_ASSIGN(const auto sorted, sorted_by_name(set));
  VMCRED_TRY_ASSIGN(SecretBuffer key, SecretBuffer::zeroed(k_key_bytes));
  VMCRED_TRY(secret::fill_random(key.writable_bytes()));

  std::vector<Outline> outlines;
  outlines.reserve(sorted.size());
  for (const auto* credential : sorted)
    outlines.push_back({.name = &credential->name, .size = credential->value.size()});
  VMCRED_TRY_ASSIGN(SecretBuffer text, SecretBuffer::zeroed(text_size(outlines)));

  TextWriter writer(text.writable_bytes());
  writer.put(k_first_line);
  writer.put(k_key_word);
  writer.put_base64(key.bytes());
  writer.put("\n");
  for (const auto* credential : sorted) {
    writer.put(base::concat(credential->value.size(), " "));
    writer.put_base64(keyed_digest(key.bytes(), credential->name, credential->value.bytes()));
    writer.put(base::concat(" ", credential->name.text(), "\n"));
  }
  writer.put(base::concat(k_end_word, sorted.size(), "\n"));
  assert(writer.full());
  return text;
}

std::size_t Manifest::text_size(std::span<const Outline> outlines) {
  std::size_t size = k_first_line.size() + k_key_line_bytes;
  for (const auto& outline : outlines) size += entry_line_size(*outline.name, outline.size);
  return size + k_end_word.size() + std::to_string(outlines.size()).size() + 1;
}

Result<Manifest> Manifest::parse(std::span<const std::byte> text) {
  TextReader reader(text);
  if (!reader.take(k_first_line)) return reader.error("expected 'vmcred-manifest 1'");
  Manifest manifest;
  VMCRED_TRY_ASSIGN(manifest.m_key, read_key(reader));
  while (!reader.next_is(k_end_word)) {
    VMCRED_TRY_ASSIGN(ManifestEntry entry, read_entry(reader));
    if (!manifest.m_entries.empty() && !(manifest.m_entries.back().name < entry.name))
      return reader.error("the name does not come after the one before it");
    manifest.m_entries.push_back(std::move(entry));
    if (!reader.take("\n")) return reader.error("the text is cut");
  }
  reader.take(k_end_word);
  const auto count = reader.take_number('\n');
  if (count != manifest.m_entries.size()) return reader.error("the count is not that of the entries");
  if (!reader.take("\n") || !reader.at_end()) return reader.error("expected the end right after the count");
  return manifest;
}

bool Manifest::matches(const ManifestEntry& entry, std::span<const std::byte> value) const {
  const ManifestDigest digest = keyed_digest(m_key.bytes(), entry.name, value);
  return value.size() == entry.size && sodium_memcmp(digest.data(), entry.digest.data(), digest.size()) == 0;
}

}  // namespace vmcred::credential
