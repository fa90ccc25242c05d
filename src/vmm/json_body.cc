// SPDX-License-Identifier: Apache-2.0
#include "vmm/json_body.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace vmcred::vmm {
namespace {

constexpr std::size_t base64_size(std::size_t bytes) { return (bytes + 2) / 3 * 4; }

// More than a name and two lengths take.
std::size_t most_archive_bytes(std::span<const CredentialOutline> outlines) {
  constexpr std::size_t k_head = 64;
  constexpr std::size_t k_each = 64;
  std::size_t bytes = k_head;
  for (const auto& outline : outlines) bytes += k_each + outline.name.text().size() + outline.size;
  return bytes;
}

std::size_t most_value_bytes(const BodyPiece& piece, std::span<const CredentialOutline> outlines) {
  switch (piece.value) {
    case BodyPiece::Value::none:
      return 0;
    case BodyPiece::Value::credential:
      return base64_size(outlines[piece.index].size);
    case BodyPiece::Value::archive:
      return base64_size(most_archive_bytes(outlines));
    case BodyPiece::Value::file:
      break;
  }
  return std::string_view("/dev/fd/2147483647").size();
}

}  // namespace

void JsonBody::separate() {
  if (m_needs_comma) m_text += ',';
  m_needs_comma = true;
}

void JsonBody::key(std::string_view name) {
  separate();
  m_text += base::concat("\"", escaped_for_json(name), "\":");
  m_needs_comma = false;
}

JsonBody& JsonBody::begin_object() {
  separate();
  m_text += '{';
  m_needs_comma = false;
  return *this;
}

JsonBody& JsonBody::begin_object(std::string_view name) {
  key(name);
  return begin_object();
}

JsonBody& JsonBody::end_object() {
  m_text += '}';
  m_needs_comma = true;
  return *this;
}

JsonBody& JsonBody::begin_array(std::string_view name) {
  key(name);
  m_text += '[';
  return *this;
}

JsonBody& JsonBody::end_array() {
  m_text += ']';
  m_needs_comma = true;
  return *this;
}

JsonBody& JsonBody::text(std::string_view value) {
  separate();
  m_text += base::concat("\"", escaped_for_json(value), "\"");
  return *this;
}

JsonBody& JsonBody::text(std::string_view name, std::string_view value) {
  key(name);
  return text(value);
}

JsonBody& JsonBody::number(std::string_view name, std::uint64_t value) {
  key(name);
  separate();
  m_text += std::to_string(value);
  return *this;
}

JsonBody& JsonBody::flag(std::string_view name, bool value) {
  key(name);
  separate();
  m_text += value ? "true" : "false";
  return *this;
}

JsonBody& JsonBody::later(std::string_view start, BodyPiece::Value value, std::size_t index) {
  separate();
  m_pieces.push_back(
      {.text = base::concat(m_text, "\"", escaped_for_json(start)), .value = value, .index = index});
  m_text = "\"";
  return *this;
}

JsonBody& JsonBody::later(std::string_view name, std::string_view start, BodyPiece::Value value,
                          std::size_t index) {
  key(name);
  return later(start, value, index);
}

std::vector<BodyPiece> JsonBody::take() && {
  m_pieces.push_back({.text = std::move(m_text)});
  return std::move(m_pieces);
}

std::string escaped_for_json(std::string_view text) {
  const std::string in_quotes =
      nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return in_quotes.substr(1, in_quotes.size() - 2);
}

std::size_t most_body_bytes(std::span<const BodyPiece> body, std::span<const CredentialOutline> outlines) {
  std::size_t bytes = 0;
  for (const auto& piece : body) bytes += piece.text.size() + most_value_bytes(piece, outlines);
  return bytes;
}

}  // namespace vmcred::vmm
