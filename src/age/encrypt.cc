// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <iterator>

#include "age/age.h"
#include "age/armor.h"
#include "age/channel.h"
#include "age/file_key.h"
#include "age/header.h"
#include "age/payload.h"
#include "base/text.h"
#include "secret/random.h"

namespace vmcred::age {
namespace {

// Recipients that promise different things (a passphrase that the writer knows it; a hybrid one that quantum
// computers don't help) would break each other's promise in one file.
base::Result<void> check_labels(RecipientList recipients) {
  VMCRED_TRY_ASSIGN(const auto labels, recipients.front()->labels());
  for (const auto& recipient : recipients.subspan(1)) {
    VMCRED_TRY_ASSIGN(const auto others, recipient->labels());
    if (others != labels)
      return base::Error{.kind = base::ErrorKind::config,
                         .what =
                             "these recipients can't share a file: a passphrase stands alone, and "
                             "post-quantum recipients take no others"};
  }
  return {};
}

base::Result<std::vector<Stanza>> wrap_for_all(RecipientList recipients, crypto::Bytes file_key) {
  if (recipients.empty())
    return base::Error{.kind = base::ErrorKind::config, .what = "nobody to encrypt to: no recipient"};
  std::vector<Stanza> stanzas;
  for (const auto& recipient : recipients) {
    VMCRED_TRY_ASSIGN(auto wrapped, recipient->wrap(file_key));
    std::move(wrapped.begin(), wrapped.end(), std::back_inserter(stanzas));
  }
  VMCRED_TRY(check_labels(recipients));  // a plugin knows its labels only after it wrapped
  return stanzas;
}

base::Result<void> write_file(Source& plaintext, Sink& file, RecipientList recipients, std::size_t most) {
  VMCRED_TRY_ASSIGN(const auto file_key, new_file_key());
  VMCRED_TRY_ASSIGN(const auto stanzas, wrap_for_all(recipients, file_key.bytes()));
  VMCRED_TRY_ASSIGN(const std::string header, write_header(stanzas, file_key.bytes()));
  std::array<std::byte, k_payload_nonce_bytes> nonce;
  VMCRED_TRY(secret::fill_random(nonce));
  VMCRED_TRY_ASSIGN(const auto key, payload_key(file_key.bytes(), nonce));
  VMCRED_TRY(file.write(bytes_of(header)));
  VMCRED_TRY(file.write(nonce));
  return seal_payload(key.bytes(), plaintext, file, most);
}

base::Result<void> write_maybe_armored(Source& plaintext, Sink& file, RecipientList recipients, Armor armor,
                                       std::size_t most) {
  if (armor == Armor::no) return write_file(plaintext, file, recipients, most);
  ArmorWriter armored(file);
  VMCRED_TRY(write_file(plaintext, armored, recipients, most));
  return armored.finish();
}

}  // namespace

base::Result<std::vector<std::byte>> encrypt(crypto::Bytes plaintext, RecipientList recipients, Armor armor) {
  std::vector<std::byte> file;
  MemorySource source(plaintext);
  MemorySink sink(file);
  VMCRED_TRY(
      write_maybe_armored(source, sink, recipients, armor, std::max<std::size_t>(plaintext.size(), 1)));
  return file;
}

base::Result<void> encrypt_stream(Channel input, Channel output, RecipientList recipients, Armor armor) {
  DescriptorSource source(input.fd, input.subject);
  DescriptorSink sink(output.fd, output.subject);
  return write_maybe_armored(source, sink, recipients, armor, 0);
}

}  // namespace vmcred::age
