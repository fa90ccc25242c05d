// SPDX-License-Identifier: Apache-2.0
#include "config/kind.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "config/load.h"

namespace vmcred::config {

using Type = FileKind::Type;

bool has_size(Type type) {
  return type == Type::base64 || type == Type::hex || type == Type::raw || type == Type::alphanumeric ||
         type == Type::password;
}

bool is_derived(Type type) {
  return type == Type::password_hash || type == Type::ssh_ed25519_public || type == Type::wireguard_public ||
         type == Type::age_public || type == Type::tls_certificate;
}

bool follows_from(Type derived, std::optional<Type> source) {
  if (!source) return true;
  switch (derived) {
    case Type::password_hash:
      return has_size(*source) && *source != Type::raw;
    case Type::ssh_ed25519_public:
      return *source == Type::ssh_ed25519;
    case Type::wireguard_public:
      return *source == Type::wireguard;
    case Type::age_public:
      return *source == Type::age;
    case Type::tls_certificate:
      return *source == Type::tls_key;
    default:
      return false;
  }
}

std::string kind_text(const FileKind& kind) {
  const std::string_view name = spelling(kind.type);
  return has_size(kind.type) ? base::concat(name, ":", kind.size) : std::string(name);
}

std::optional<std::size_t> parse_random_size(std::string_view digits) {
  std::size_t size = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, fault] = std::from_chars(digits.data(), end, size);
  if (fault != std::errc() || stop != end || digits.front() == '0' || size > k_most_random_bytes)
    return std::nullopt;
  return size;
}

const GeneratorFile* find_file(const Generator& generator, std::string_view name) {
  const auto file = std::ranges::find(generator.files, name, &GeneratorFile::name);
  return file == generator.files.end() ? nullptr : &*file;
}

}  // namespace vmcred::config
