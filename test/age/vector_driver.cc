// SPDX-License-Identifier: Apache-2.0
// vector_driver FILE...: opens each test vector as it says and prints "NAME<tab>CLASS<tab>SHA-256", a line
// each.
//
// A vector is "key: value" lines, an empty line, and an age file (https://c2sp.org/CCTV/age). Of the keys
// only `identity` and `passphrase` matter here; the class is spelled as the vectors' `expect`, and the digest
// is that of all plaintext that came out before the end. "needs OpenSSL 3.5" is a class of its own. For small
// files decrypt() must agree with decrypt_stream().
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cstdio>
#include <string>
#include <string_view>

#include "age/age.h"
#include "base/file.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/ml_kem.h"

namespace {

using namespace vmcred;

constexpr std::size_t k_max_vector_bytes = 64UL * 1024 * 1024;
constexpr std::size_t k_max_bytes_in_memory =
    1024UL * 1024;  // of locked memory, which most users have little of

crypto::Bytes bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

struct Vector {
  age::Identities identities;
  std::string file;
};

base::Result<Vector> parse_vector(std::string_view text) {
  Vector vector;
  for (;;) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() + 1);
    if (line.empty()) break;
    const std::size_t colon = line.find(": ");
    const std::string_view key = line.substr(0, colon);
    const crypto::Bytes value = bytes_of(line.substr(colon + 2));
    if (key != "identity" && key != "passphrase") continue;
    VMCRED_TRY_ASSIGN(auto identity,
                      key == "identity" ? age::parse_identity(value) : age::passphrase_identity(value));
    vector.identities.push_back(std::move(identity));
  }
  vector.file = text;
  return vector;
}

std::string class_of(const base::Error& error) {
  switch (age::failure_of(error)) {
    case age::Failure::no_match:
      return "no match";
    case age::Failure::hmac:
      return "HMAC failure";
    case age::Failure::header:
      return "header failure";
    case age::Failure::payload:
      return "payload failure";
    case age::Failure::armor:
      return "armor failure";
    case age::Failure::none:
      break;
  }
  const bool lacks_ml_kem = error.kind == base::ErrorKind::host && !crypto::ml_kem_is_available();
  return lacks_ml_kem ? "needs OpenSSL 3.5" : "other: " + error.what;
}

std::string hex(crypto::Bytes bytes) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string text;
  for (const std::byte byte : bytes) {
    text += k_digits[std::to_integer<unsigned>(byte) >> 4U];
    text += k_digits[std::to_integer<unsigned>(byte) & 15U];
  }
  return text;
}

struct Outcome {
  std::string failure_class;
  std::string digest;
};

base::Result<Outcome> outcome_of(const std::string& path) {
  VMCRED_TRY_ASSIGN(const std::string text, base::read_text_file(path, k_max_vector_bytes));
  auto vector = parse_vector(text);
  if (!vector) return Outcome{.failure_class = class_of(vector.error()), .digest = {}};
  const base::UniqueFd input(::memfd_create("input", MFD_CLOEXEC));
  const base::UniqueFd output(::memfd_create("output", MFD_CLOEXEC));
  VMCRED_TRY(base::write_all(input.get(), bytes_of(vector->file), "input"));
  if (::lseek(input.get(), 0, SEEK_SET) != 0) return base::errno_error("input");
  const auto opened = age::decrypt_stream({.fd = input.get(), .subject = path},
                                          {.fd = output.get(), .subject = "output"}, vector->identities);
  std::string plaintext(static_cast<std::size_t>(::lseek(output.get(), 0, SEEK_END)), '\0');
  if (::pread(output.get(), plaintext.data(), plaintext.size(), 0) < 0) return base::errno_error("output");
  Outcome outcome{.failure_class = opened ? "success" : class_of(opened.error()),
                  .digest = hex(crypto::sha256({bytes_of(plaintext)}))};
  if (vector->file.size() > k_max_bytes_in_memory) return outcome;
  const auto whole = age::decrypt(bytes_of(vector->file), vector->identities);
  const std::string whole_class = whole ? "success" : class_of(whole.error());
  if (whole_class != outcome.failure_class || (whole && !whole->equals(bytes_of(plaintext))))
    outcome.failure_class =
        base::concat("in memory '", whole_class, "', as a stream '", outcome.failure_class, "'");
  return outcome;
}

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string path = argv[i];
    const auto outcome = outcome_of(path);
    if (!outcome) {
      std::fprintf(stderr, "%s\n", outcome.error().what.c_str());
      return 1;
    }
    std::printf("%s\t%s\t%s\n", path.substr(path.rfind('/') + 1).c_str(), outcome->failure_class.c_str(),
                outcome->digest.c_str());
  }
  return 0;
}
