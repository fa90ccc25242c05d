// SPDX-License-Identifier: Apache-2.0
#include "credential/archive.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <string_view>

#include "base/text.h"

namespace vmcred::credential {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using Bytes = std::span<const std::byte>;

constexpr std::string_view k_mark("vmcred\0\1", 8);
constexpr std::size_t k_number_bytes = 4;
constexpr std::size_t k_head_bytes = k_mark.size() + k_number_bytes;
constexpr std::size_t k_least_credential_bytes = 2 * k_number_bytes + 1;

Error bad_archive(std::string_view reason) {
  return {.kind = ErrorKind::credential, .what = base::concat("an archive of credentials ", reason)};
}

class Writer {
 public:
  explicit Writer(std::span<std::byte> out) : m_rest(out) {}

  void bytes(Bytes bytes) {
    std::ranges::copy(bytes, m_rest.begin());
    m_rest = m_rest.subspan(bytes.size());
  }
  void text(std::string_view text) { bytes(std::as_bytes(std::span(text))); }
  void number(std::size_t number) {
    for (std::size_t i = 0; i < k_number_bytes; ++i)
      m_rest[i] = static_cast<std::byte>(number >> (8 * i) & 0xFFU);
    m_rest = m_rest.subspan(k_number_bytes);
  }

 private:
  std::span<std::byte> m_rest;
};

class Reader {
 public:
  explicit Reader(Bytes bytes) : m_rest(bytes) {}

  std::size_t left() const { return m_rest.size(); }

  Result<Bytes> bytes(std::size_t size) {
    if (size > m_rest.size()) return bad_archive("is cut");
    const Bytes taken = m_rest.first(size);
    m_rest = m_rest.subspan(size);
    return taken;
  }
  Result<std::size_t> number() {
    VMCRED_TRY_ASSIGN(const Bytes digits, bytes(k_number_bytes));
    std::size_t number = 0;
    for (std::size_t i = 0; i < k_number_bytes; ++i)
      number |= std::to_integer<std::size_t>(digits[i]) << (8 * i);
    return number;
  }

 private:
  Bytes m_rest;
};

// What stands where a name is expected may be a part of a secret, so that no error quotes it.
Result<CredentialName> read_name(Reader& reader) {
  VMCRED_TRY_ASSIGN(const std::size_t size, reader.number());
  VMCRED_TRY_ASSIGN(const Bytes text, reader.bytes(size));
  auto name = CredentialName::parse({reinterpret_cast<const char*>(text.data()), text.size()});
  if (!name) return bad_archive("has a name that systemd does not accept");
  return *std::move(name);
}

Result<Credential> read_one(Reader& reader) {
  VMCRED_TRY_ASSIGN(CredentialName name, read_name(reader));
  VMCRED_TRY_ASSIGN(const std::size_t size, reader.number());
  if (size > k_max_credential_bytes) return bad_archive("has a value larger than 1 MiB");
  VMCRED_TRY_ASSIGN(const Bytes bytes, reader.bytes(size));
  VMCRED_TRY_ASSIGN(auto value, secret::SecretBuffer::copy_of(bytes));
  return Credential{.name = std::move(name), .value = std::move(value)};
}

Result<std::size_t> read_head(Reader& reader) {
  VMCRED_TRY_ASSIGN(const Bytes mark, reader.bytes(k_mark.size()));
  if (!std::ranges::equal(mark, std::as_bytes(std::span(k_mark))))
    return bad_archive("begins with another mark: it is damaged, or of another version");
  VMCRED_TRY_ASSIGN(const std::size_t count, reader.number());
  if (count > reader.left() / k_least_credential_bytes) return bad_archive("is cut");
  return count;
}

bool has_name_twice(std::span<const Credential> set) {
  std::vector<std::string_view> names;
  names.reserve(set.size());
  for (const auto& credential : set) names.emplace_back(credential.name.text());
  std::ranges::sort(names);
  return std::ranges::adjacent_find(names) != names.end();
}

}  // namespace

std::size_t archive_size(std::span<const ArchivedOutline> outlines) {
  std::size_t size = k_head_bytes;
  for (const auto& outline : outlines)
    size += 2 * k_number_bytes + outline.name->text().size() + outline.size;
  return size;
}

std::vector<ArchivedOutline> archived_outlines(std::span<const Credential> set) {
  std::vector<ArchivedOutline> outlines;
  outlines.reserve(set.size());
  for (const auto& [name, value] : set) outlines.push_back({.name = &name, .size = value.size()});
  return outlines;
}

void write_archive(std::span<const Credential> set, std::span<std::byte> out) {
  assert(out.size() == archive_size(archived_outlines(set)));
  Writer writer(out);
  writer.text(k_mark);
  writer.number(set.size());
  for (const auto& [name, value] : set) {
    writer.number(name.text().size());
    writer.text(name.text());
    writer.number(value.size());
    writer.bytes(value.bytes());
  }
}

Result<CredentialSet> read_archive(std::span<const std::byte> bytes) {
  Reader reader(bytes);
  VMCRED_TRY_ASSIGN(const std::size_t count, read_head(reader));
  CredentialSet set;
  set.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    VMCRED_TRY_ASSIGN(Credential credential, read_one(reader));
    set.push_back(std::move(credential));
  }
  if (reader.left() > 0) return bad_archive("goes on behind its last credential");
  if (has_name_twice(set)) return bad_archive("has a name twice");
  return set;
}

}  // namespace vmcred::credential
