// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>

#include "age/age.h"
#include "age/armor.h"
#include "age/channel.h"
#include "age/file_key.h"
#include "age/header.h"
#include "age/passphrase.h"
#include "age/payload.h"
#include "base/text.h"

namespace vmcred::age {
namespace {

using secret::SecretBuffer;

bool is_for_passphrase(const Header& header) {
  return std::any_of(header.stanzas.begin(), header.stanzas.end(),
                     [](const Stanza& stanza) { return stanza.type == k_passphrase_stanza_type; });
}

base::Error no_match(const Header& header) {
  if (is_for_passphrase(header))
    return failed(Failure::no_match, "the passphrase, or the lack of one, does not open the file",
                  "it is encrypted with a passphrase: give that one");
  return failed(Failure::no_match,
                base::concat("none of the identities opens the file, which has ",
                             base::counted(header.stanzas.size(), "recipient")),
                "give the identity of one of its recipients");
}

// Identities that have to ask somebody come after the others.
base::Result<SecretBuffer> unwrap_file_key(const Header& header, IdentityList identities) {
  if (is_for_passphrase(header) && header.stanzas.size() != 1)
    return failed(Failure::header, "the file has a passphrase and other recipients, which must not be");
  for (const bool asking : {false, true})
    for (const auto& identity : identities) {
      if (identity->may_ask() != asking) continue;
      VMCRED_TRY_ASSIGN(auto file_key, identity->unwrap(header.stanzas));
      if (file_key) return *std::move(file_key);
    }
  return no_match(header);
}

// Reads up to the payload, whose key is the result.
base::Result<SecretBuffer> open_header(BufferedSource& file, IdentityList identities) {
  VMCRED_TRY_ASSIGN(const Header header, read_header(file));
  VMCRED_TRY_ASSIGN(const auto file_key, unwrap_file_key(header, identities));
  VMCRED_TRY_ASSIGN(const bool authentic, is_authentic(header, file_key.bytes()));
  if (!authentic) return failed(Failure::hmac, "the file's header has been changed");
  std::array<std::byte, k_payload_nonce_bytes> nonce;
  VMCRED_TRY_ASSIGN(const std::size_t size, file.read(nonce));
  if (size < nonce.size()) return failed(Failure::header, "the file ends with its header");
  return payload_key(file_key.bytes(), nonce);
}

base::Result<void> read_binary(Source& source, Sink& plaintext, IdentityList identities, std::size_t most) {
  BufferedSource file(source);
  VMCRED_TRY_ASSIGN(const auto key, open_header(file, identities));
  return open_payload(key.bytes(), file, plaintext, most);
}

base::Result<void> read_maybe_armored(Source& source, Sink& plaintext, IdentityList identities,
                                      std::size_t most) {
  BufferedSource file(source);
  VMCRED_TRY_ASSIGN(const std::string_view start, file.peek(k_max_armor_margin + k_armor_begin.size()));
  if (!looks_armored(start)) return read_binary(file, plaintext, identities, most);
  ArmorReader inside(file);
  return read_binary(inside, plaintext, identities, most);
}

}  // namespace

base::Result<SecretBuffer> decrypt(crypto::Bytes file, IdentityList identities) {
  const std::size_t most = std::max<std::size_t>(file.size(), 1);
  MemorySource source(file);
  VMCRED_TRY_ASSIGN(SecretSink sink, SecretSink::with_room(most));
  VMCRED_TRY(read_maybe_armored(source, sink, identities, most));
  return sink.take();
}

base::Result<void> decrypt_stream(Channel input, Channel output, IdentityList identities) {
  DescriptorSource source(input.fd, input.subject);
  DescriptorSink sink(output.fd, output.subject);
  return read_maybe_armored(source, sink, identities, 0);
}

}  // namespace vmcred::age
