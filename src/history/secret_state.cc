// SPDX-License-Identifier: Apache-2.0
#include "history/secret_state.h"

#include <sodium/crypto_generichash.h>
#include <optional>

#include "base/text.h"
#include "vars/version.h"

namespace vmcred::history {
namespace {

using base::concat;

constexpr std::string_view k_delivered = "delivered ";
constexpr std::string_view k_sealed = "sealed ";
constexpr std::string_view k_kept = "kept ";
constexpr std::string_view k_unknown = "unknown";

// `digest` and what stands before it, at the last space.
struct Words {
  std::string first;
  Digest digest{};
};

std::optional<unsigned> digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return std::nullopt;
}

std::optional<Digest> parse_digest(std::string_view text) {
  Digest digest{};
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const auto high = digit_of(text[2 * i]);
    const auto low = digit_of(text[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    digest[i] = static_cast<std::byte>(*high * 16 + *low);
  }
  return digest;
}

std::optional<Words> parse_words(std::string_view text) {
  const auto space = text.find(' ');
  if (space == 0 || space == std::string_view::npos) return std::nullopt;
  const auto digest = parse_digest(text.substr(space + 1));
  if (!digest) return std::nullopt;
  return Words{.first = std::string(text.substr(0, space)), .digest = *digest};
}

struct SameAs {
  const SecretState& then;

  bool operator()(const DeliveredState& now) const {
    const auto* other = std::get_if<DeliveredState>(&then);
    return other != nullptr && (now.key_id != other->key_id || now.digest == other->digest);
  }
  bool operator()(const SealedState& now) const {
    const auto* other = std::get_if<SealedState>(&then);
    return other != nullptr && now.digest == other->digest;
  }
  bool operator()(const KeptState& now) const {
    const auto* other = std::get_if<KeptState>(&then);
    if (other == nullptr) return false;
    const bool known = now.version != vars::k_unknown_version && other->version != vars::k_unknown_version;
    return known ? now.version == other->version : now.digest == other->digest;
  }
  bool operator()(const UnknownState& /*now*/) const { return false; }
};

struct TextOf {
  std::string operator()(const DeliveredState& state) const {
    return concat(k_delivered, state.key_id, " ", base::hex(state.digest));
  }
  std::string operator()(const SealedState& state) const { return concat(k_sealed, base::hex(state.digest)); }
  std::string operator()(const KeptState& state) const {
    return concat(k_kept, state.version, " ", base::hex(state.digest));
  }
  std::string operator()(const UnknownState& /*state*/) const { return std::string(k_unknown); }
};

}  // namespace

bool is_same(const SecretState& now, const SecretState& then) { return std::visit(SameAs{then}, now); }

std::string text_of(const SecretState& state) { return std::visit(TextOf{}, state); }

base::Result<SecretState> parse_state(std::string_view text) {
  if (text == k_unknown) return UnknownState{};
  if (text.starts_with(k_sealed)) {
    if (const auto digest = parse_digest(text.substr(k_sealed.size()))) return SealedState{.digest = *digest};
  } else if (text.starts_with(k_delivered)) {
    if (const auto words = parse_words(text.substr(k_delivered.size())))
      return DeliveredState{.key_id = words->first, .digest = words->digest};
  } else if (text.starts_with(k_kept)) {
    if (const auto words = parse_words(text.substr(k_kept.size())))
      return KeptState{.version = words->first, .digest = words->digest};
  }
  return base::Error{.kind = base::ErrorKind::io, .what = "a secret's state is none that is known"};
}

Digest digest_of(std::span<const std::byte> bytes) {
  Digest digest{};
  crypto_generichash(reinterpret_cast<unsigned char*>(digest.data()), digest.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), nullptr, 0);
  return digest;
}

}  // namespace vmcred::history
