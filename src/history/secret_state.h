// SPDX-License-Identifier: Apache-2.0
// Whether a secret is still the one that a VM was started with, from what tells nothing else of it.
// docs/formats/history.md has the form and says why each kind is as it is.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace vmcred::history {

using Digest = std::array<std::byte, 32>;

// A file of the host: a digest of its value under a key of this boot.
struct DeliveredState {
  std::string key_id;
  Digest digest{};
};

// An encrypted file of systemd-creds: the digest of that file.
struct SealedState {
  Digest digest{};
};

// A secret of the store: the making of its generator, and the digest of its encrypted file.
struct KeptState {
  std::string version;
  Digest digest{};
};

// It may have changed while the VM started.
struct UnknownState {};

using SecretState = std::variant<DeliveredState, SealedState, KeptState, UnknownState>;

// Would a start now give the same value as the start that left `then`?
bool is_same(const SecretState& now, const SecretState& then);

std::string text_of(const SecretState& state);
base::Result<SecretState> parse_state(std::string_view text);

// BLAKE2b-256 of what is no secret.
Digest digest_of(std::span<const std::byte> bytes);

}  // namespace vmcred::history
