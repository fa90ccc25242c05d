// SPDX-License-Identifier: Apache-2.0
#include "vars/validation.h"

#include <nlohmann/json.hpp>
#include <span>

#include "base/text.h"
#include "config/kind.h"
#include "crypto/digest.h"

namespace vmcred::vars {
namespace {

std::string hex_sha256(const std::string& text) {
  return base::hex(crypto::sha256({std::as_bytes(std::span(text))}));
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
