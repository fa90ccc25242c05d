// SPDX-License-Identifier: Apache-2.0
#include "shim/qemu_option.h"

#include <algorithm>

namespace vmcred::shim {
namespace {

// Where the comma is that ends the value at the text's start.
std::size_t end_of_piece(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != ',') continue;
    if (i + 1 == text.size() || text[i + 1] != ',') return i;
    ++i;
  }
  return text.size();
}

template <typename Take>
void for_each_letter(std::string_view value, Take take) {
  for (std::size_t i = 0; i < value.size(); ++i) {
    take(value[i]);
    if (value[i] == ',') ++i;
  }
}

}  // namespace

std::vector<QemuPiece> split_qemu_option(std::string_view text) {
  std::vector<QemuPiece> pieces;
  while (!text.empty()) {
    const auto piece = text.substr(0, end_of_piece(text));
    text.remove_prefix(std::min(text.size(), piece.size() + 1));
    const auto equals = piece.find('=');
    if (equals == std::string_view::npos)
      pieces.push_back({.text = piece, .key = {}, .value = piece});
    else
      pieces.push_back({.text = piece, .key = piece.substr(0, equals), .value = piece.substr(equals + 1)});
  }
  return pieces;
}

std::optional<std::string_view> qemu_value(const std::vector<QemuPiece>& pieces, std::string_view key) {
  const auto found =
      std::find_if(pieces.rbegin(), pieces.rend(), [&](const QemuPiece& piece) { return piece.key == key; });
  if (found == pieces.rend()) return std::nullopt;
  return found->value;
}

base::Result<secret::SecretBuffer> secret_qemu_value(std::string_view value) {
  VMCRED_TRY_ASSIGN(auto buffer, secret::SecretBuffer::zeroed(value.size()));
  std::size_t size = 0;
  for_each_letter(value, [&](char c) { buffer.writable_bytes()[size++] = static_cast<std::byte>(c); });
  buffer.truncate(size);
  return buffer;
}

std::string plain_qemu_value(std::string_view value) {
  std::string plain;
  for_each_letter(value, [&](char c) { plain += c; });
  return plain;
}

}  // namespace vmcred::shim
