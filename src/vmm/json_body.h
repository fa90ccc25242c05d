// SPDX-License-Identifier: Apache-2.0
// A request's JSON, written front to back, with places for what is only known when the VM starts. A value
// that is a secret later is a piece of its own from the beginning, so no text of the config can pass for one.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "vmm/launch_plan.h"
#include "vmm/outline.h"

namespace vmcred::vmm {

class JsonBody {
 public:
  JsonBody& begin_object();
  JsonBody& begin_object(std::string_view key);
  JsonBody& end_object();
  JsonBody& begin_array(std::string_view key);
  JsonBody& end_array();

  JsonBody& text(std::string_view value);  // an array's element
  JsonBody& text(std::string_view key, std::string_view value);
  JsonBody& number(std::string_view key, std::uint64_t value);
  JsonBody& flag(std::string_view key, bool value);

  // A string that ends in what a piece stands for: "…=" and a credential's base64.
  JsonBody& later(std::string_view start, BodyPiece::Value value, std::size_t index);
  JsonBody& later(std::string_view key, std::string_view start, BodyPiece::Value value, std::size_t index);

  std::vector<BodyPiece> take() &&;

 private:
  void separate();
  void key(std::string_view name);

  std::vector<BodyPiece> m_pieces;
  std::string m_text;
  bool m_needs_comma = false;
};

// As it stands between the quotes of a JSON string.
std::string escaped_for_json(std::string_view text);

// How large the body will be at most; exact but for archives and the digits of a descriptor.
std::size_t most_body_bytes(std::span<const BodyPiece> body, std::span<const CredentialOutline> outlines);

}  // namespace vmcred::vmm
