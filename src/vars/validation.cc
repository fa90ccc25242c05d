// SPDX-License-Identifier: Apache-2.0
#include "vars/validation.h"

#include <nlohmann/json.hpp>
#include <span>

#include "config/kind.h"
#include "crypto/digest.h"

namespace vmcred::vars {
namespace {

std::string hex_sha256(const std::string& text) {
  constexpr char k_digits[] = "0123456789abcdef";
  std::string hex;
  for (const std::byte byte : crypto::sha256({std::as_bytes(std::span(text))})) {
    hex += k_digits[std::to_integer<unsigned>(byte) >> 4U];
    hex += k_digits[std::to_integer<unsigned>(byte) & 15U];
  }
  return hex;
}

}  // namespace

std::optional<std::string> validation_hash(const config::Generator& generator) {
  if (!generator.validate_script) {
    if (!generator.validation) return std::nullopt;
    return hex_sha256(*generator.validation);
  }
  nlohmann::json whole = {{"script", generator.script}, {"kinds", nlohmann::json::object()}};
  whole["validation"] =
      generator.validation ? nlohmann::json::parse(*generator.validation) : nlohmann::json();
  for (const config::GeneratorFile& file : generator.files)
    if (file.kind) whole["kinds"][file.name] = config::kind_text(*file.kind);
  return hex_sha256(whole.dump());
}

}  // namespace vmcred::vars
