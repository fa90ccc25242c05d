// SPDX-License-Identifier: Apache-2.0
#include "runner/handover/request_bodies.h"

#include <fcntl.h>
#include <algorithm>
#include <cassert>

#include "base/text.h"
#include "runner/handover/archived_set.h"
#include "runner/handover/transport_files.h"
#include "secret/base64.h"
#include "secret/sealed_file.h"

namespace vmcred::runner {
namespace {

using base::Result;
using base::UniqueFd;
using credential::CredentialSet;
using secret::SecretBuffer;
using vmm::BodyPiece;

using Value = BodyPiece::Value;
using Bytes = std::span<const std::byte>;

Bytes as_bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

// What the pieces of one body stand for.
class BodyValues {
 public:
  static Result<BodyValues> make(std::span<const BodyPiece> pieces, const CredentialSet& set,
                                 std::span<const UniqueFd> files) {
    BodyValues values(set, files);
    const auto is_archive = [](const BodyPiece& piece) { return piece.value == Value::archive; };
    if (std::ranges::any_of(pieces, is_archive)) { VMCRED_TRY_ASSIGN(values.m_archive, archive_of(set)); }
    return values;
  }

  std::size_t size(const BodyPiece& piece) const {
    return piece.text.size() +
           (is_encoded(piece) ? secret::base64_length(raw(piece).size()) : plain(piece).size());
  }

  // `place` is what is left of the body; returns what is left behind the piece.
  std::span<std::byte> write(const BodyPiece& piece, std::span<std::byte> place) const {
    place = put(as_bytes(piece.text), place);
    if (!is_encoded(piece)) return put(as_bytes(plain(piece)), place);
    const std::size_t length = secret::base64_length(raw(piece).size());
    secret::base64_encode(raw(piece), place.first(length));
    return place.subspan(length);
  }

 private:
  BodyValues(const CredentialSet& set, std::span<const UniqueFd> files) : m_set(set), m_files(files) {}

  static bool is_encoded(const BodyPiece& piece) {
    return piece.value == Value::credential || piece.value == Value::archive;
  }
  Bytes raw(const BodyPiece& piece) const {
    return piece.value == Value::archive ? m_archive.bytes() : m_set[piece.index].value.bytes();
  }
  std::string plain(const BodyPiece& piece) const {
    return piece.value == Value::file ? descriptor_path(m_files[piece.index]) : std::string();
  }
  static std::span<std::byte> put(Bytes bytes, std::span<std::byte> place) {
    std::ranges::copy(bytes, place.begin());
    return place.subspan(bytes.size());
  }

  const CredentialSet& m_set;
  std::span<const UniqueFd> m_files;
  SecretBuffer m_archive;
};

Result<UniqueFd> make_body_file(const SecretBuffer& body) {
  if (body.empty()) return UniqueFd();
  VMCRED_TRY_ASSIGN(UniqueFd file, secret::make_sealed_file(k_file_name, body.bytes()));
  if (::fcntl(file.get(), F_SETFD, FD_CLOEXEC) != 0) return base::errno_error("memory file");
  return file;
}

}  // namespace

Result<SecretBuffer> render_text(std::span<const BodyPiece> pieces, const CredentialSet& set,
                                 std::span<const UniqueFd> files) {
  VMCRED_TRY_ASSIGN(const BodyValues values, BodyValues::make(pieces, set, files));
  std::size_t size = 0;
  for (const auto& piece : pieces) size += values.size(piece);
  VMCRED_TRY_ASSIGN(SecretBuffer text, SecretBuffer::zeroed(size));
  std::span<std::byte> rest = text.writable_bytes();
  for (const auto& piece : pieces) rest = values.write(piece, rest);
  assert(rest.empty());
  return text;
}

Result<std::vector<RenderedRequest>> render_requests(const vmm::LaunchPlan& plan, const CredentialSet& set,
                                                     std::span<const UniqueFd> files,
                                                     std::span<const UniqueFd> descriptors) {
  std::vector<RenderedRequest> rendered;
  for (const auto& request : plan.requests) {
    VMCRED_TRY_ASSIGN(const SecretBuffer body, render_text(request.body, set, files));
    RenderedRequest one{.method = request.method, .path = request.path, .body = {}, .descriptors = {}};
    VMCRED_TRY_ASSIGN(one.body, make_body_file(body));
    for (const auto i : request.descriptors) one.descriptors.push_back(descriptors[i].get());
    rendered.push_back(std::move(one));
  }
  return rendered;
}

}  // namespace vmcred::runner
