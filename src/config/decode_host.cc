// SPDX-License-Identifier: Apache-2.0
#include "config/decode.h"

namespace vmcred::config {
namespace {

// Behind the provider every unit that starts waits for its turn; a minute is what a start can bear.
constexpr std::int64_t k_longest_wait_s = 60;

}  // namespace

Host decode_host(Context& context, const Member* member) {
  Host host;
  if (member == nullptr) return host;
  const Node::Table* table = expect_table(context, *member);
  if (table == nullptr) return host;
  const TableReader reader(context, *table, member->key_location, k_host_keys, {});
  reader.read_whole("wait_for_secrets", 0, k_longest_wait_s, host.wait_for_secrets_s);
  reader.read_path("identity_encrypted", host.identity_encrypted);
  return host;
}

}  // namespace vmcred::config
