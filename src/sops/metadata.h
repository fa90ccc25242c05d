// SPDX-License-Identifier: Apache-2.0
// What a SOPS file says about itself: its field or fields "sops". None of it is secret, and only what the MAC
// needs is authentic. Read from any version's form. Fields that were read are written in the order in which
// they stood, so that a diff shows what changed; all others in the alphabetical order of sops 3.13.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sops/rules.h"
#include "sops/tree.h"

namespace vmcred::sops {

// The real version of sops whose semantics we write: sorted metadata, 64-bit integers in JSON.
inline constexpr std::string_view k_sops_version = "3.13.2";

// The entry of JSON and YAML files that holds the metadata.
inline constexpr std::string_view k_metadata_key = "sops";

struct AgeEntry {
  std::string recipient;
  std::string enc = {};          // an armored age file with the data key, or a share of it
  bool recipient_first = false;  // as sops before 3.13 writes it

  bool operator==(const AgeEntry&) const = default;
};

// Who can open the data key, or one share of it.
struct KeyGroup {
  std::vector<AgeEntry> age;
  Map others;  // "pgp", "kms", …: a sequence of maps each, kept as it is
};

struct Metadata {
  std::vector<KeyGroup> groups;  // one: the data key itself; more: a share each
  std::optional<unsigned> shamir_threshold;
  std::string last_modified;  // RFC 3339; the associated data of the MAC
  std::string mac;            // "ENC[…]", or "" where there is none
  std::string version;
  Rule rule;
  bool mac_only_encrypted = false;
  Map unknown;                           // fields that we do not know, and empty ones, kept as they are
  std::vector<std::string> field_order;  // as read
};

// Reads the field "sops" of a tree, or what dotenv's fields "sops_…" say. Missing, null and empty lists are
// the same; names are read without regard to case; numbers and truths may be strings. Fails with a `generic`
// error.
base::Result<Metadata> read_metadata(Map fields);

// As a tree. Empty fields are left out.
base::Result<Map> write_metadata(const Metadata& metadata);

// Fails with a `generic` error for what is no version of sops: its programs refuse such a file.
base::Result<void> check_version(std::string_view version);

}  // namespace vmcred::sops
