// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "config/decode.h"
#include "config/first_owners.h"
#include "config/hardware_rules.h"

namespace vmcred::config {
namespace {

using base::concat;

// Of virtiofs (virtio 1.2, 5.11.4) and of 9p in QEMU.
constexpr std::size_t k_most_virtiofs_tag_bytes = 36;
constexpr std::size_t k_most_9p_tag_bytes = 31;

void read_tag(const TableReader& reader, Share& share) {
  reader.require("tag", "add 'tag = \"NAME\"', by which the guest mounts it");
  reader.read_line("tag", share.tag);
  const std::size_t most =
      share.protocol == Share::Protocol::virtiofs ? k_most_virtiofs_tag_bytes : k_most_9p_tag_bytes;
  if (!share.tag.empty() && (!is_share_tag(share.tag) || share.tag.size() > most))
    reader.report("tag",
                  concat("'tag' must be a letter or digit, then those, '.', '_' and '-', at most ", most));
}

void check_protocol(const TableReader& reader, const Share& share) {
  constexpr std::string_view k_virtiofs = "protocol 'virtiofs'";
  const std::string_view protocol = spelling(share.protocol);
  if (share.protocol == Share::Protocol::virtiofs) {
    reader.refuse("security_model", "protocol '9p'", protocol);
  } else {
    reader.refuse("cache", k_virtiofs, protocol);
    reader.refuse("virtiofsd_args", k_virtiofs, protocol);
  }
}

Share decode_share(const TableReader& reader) {
  Share share;
  const bool is_known = reader.read_choice("protocol", k_share_protocol_spellings, share.protocol);
  if (is_known) check_protocol(reader, share);
  read_tag(reader, share);
  reader.require("source", "add 'source = \"PATH\"', a directory");
  reader.read_path("source", share.source);
  reader.read_boolean("read_only", share.read_only);
  reader.read_choice("cache", k_share_cache_spellings, share.cache);
  reader.read_choice("security_model", k_security_model_spellings, share.security_model);
  reader.read_lines("virtiofsd_args", share.virtiofsd_args);
  refuse_credentials(reader, "virtiofsd_args", share.virtiofsd_args);
  return share;
}

}  // namespace

void decode_shares(const TableReader& reader, VirtualMachine& vm) {
  FirstOwners tags("tag");
  reader.read_tables("shares", k_share_keys, [&](const TableReader& element) {
    vm.shares.push_back(decode_share(element));
    tags.claim(element, vm.shares.back().tag);
  });
}

}  // namespace vmcred::config
