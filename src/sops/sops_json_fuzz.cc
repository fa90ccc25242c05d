// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>

#include "sops/document.h"

namespace {

using namespace vmcred::sops;

void check(bool right) {
  if (!right) std::abort();
}

// What was read as values is the same after it was written.
void read_plain(vmcred::crypto::Bytes text) {
  const auto document = parse_plain(text, Format::json);
  if (!document) return;
  const auto written = emit_plain(document->trees, Format::json);
  check(written.has_value());
  const auto again = parse_plain(written->bytes(), Format::json);
  check(again && equal_plaintext(document->trees.front(), again->trees.front()));
}

// What was read as an encrypted file and written is written the same way once more.
void read_encrypted(vmcred::crypto::Bytes text, Format format) {
  auto document = parse_encrypted(text, format);
  if (!document) return;
  const auto written = emit_encrypted(*std::move(document));
  check(written.has_value());
  auto again = parse_encrypted(bytes_of(*written), format);
  check(again.has_value());
  const auto twice = emit_encrypted(*std::move(again));
  check(twice && *twice == *written);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = std::as_bytes(std::span(data, size));
  read_plain(text);
  read_encrypted(text, Format::json);
  read_encrypted(text, Format::binary);
  return 0;
}
