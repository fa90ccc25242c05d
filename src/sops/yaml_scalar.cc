// SPDX-License-Identifier: Apache-2.0
#include "sops/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "secret/base64.h"
#include "sops/failure.h"
#include "sops/yaml_resolve.h"

namespace vmcred::sops {
namespace {

using base::concat;

constexpr std::string_view k_standard_tag = "tag:yaml.org,2002:";
constexpr std::string_view k_own_tag = "!";  // says only: don't guess

base::Error scalar_error(const YamlEvent& event, std::string_view what, std::string hint = {}) {
  return failed(Failure::unreadable, concat("line ", event.line, ": ", what), std::move(hint));
}

base::Error tag_error(const YamlEvent& event) {
  return scalar_error(event,
                      concat("the tag ", base::quoted(event.tag), " has no place in an encrypted file"),
                      "write the value without the tag");
}

// "int" of "tag:yaml.org,2002:int"; nothing for another tag.
std::optional<std::string_view> standard_name(std::string_view tag) {
  if (!tag.starts_with(k_standard_tag)) return std::nullopt;
  return tag.substr(k_standard_tag.size());
}

struct TaggedMeaning {
  std::string_view tag;
  YamlMeaning meaning;
};
constexpr std::array<TaggedMeaning, 6> k_tagged_meanings{{
    {"null", YamlMeaning::null},
    {"bool", YamlMeaning::boolean},
    {"int", YamlMeaning::integer},
    {"float", YamlMeaning::floating},
    {"timestamp", YamlMeaning::timestamp},
    {"merge", YamlMeaning::merge},
}};

base::Result<Leaf> binary_leaf(const YamlEvent& event) {
  VMCRED_TRY_ASSIGN(auto bytes, secret::SecretBuffer::zeroed(event.text.size()));
  const auto size = secret::base64_decode(event.text.bytes(), bytes.writable_bytes());
  if (!size) return scalar_error(event, "a value with the tag !!binary is no base64");
  bytes.truncate(*size);
  Leaf leaf;
  leaf.type = Leaf::Type::string;
  leaf.plaintext = std::move(bytes);
  return leaf;
}

base::Result<Leaf> string_leaf(const YamlEvent& event) {
  return make_leaf(Leaf::Type::string, event.text.bytes());
}

base::Result<Leaf> tagged_leaf(const YamlEvent& event, std::string_view name) {
  if (name == "str") return string_leaf(event);
  if (name == "binary") return binary_leaf(event);
  const auto tagged = std::find_if(k_tagged_meanings.begin(), k_tagged_meanings.end(),
                                   [&](const TaggedMeaning& candidate) { return candidate.tag == name; });
  if (tagged == k_tagged_meanings.end()) return tag_error(event);
  const YamlMeaning looks = meaning_of(text_of(event.text.bytes()));
  const bool whole_float = tagged->meaning == YamlMeaning::floating && looks == YamlMeaning::integer;
  if (looks != tagged->meaning && !whole_float) {
    return scalar_error(event, concat("a value is not what its tag !!", name, " says"));
  }
  return leaf_of(tagged->meaning, text_of(event.text.bytes()));
}

}  // namespace

base::Result<Leaf> leaf_of(const YamlEvent& scalar) {
  if (const auto name = standard_name(scalar.tag)) return tagged_leaf(scalar, *name);
  if (scalar.tag == k_own_tag || (scalar.tag.empty() && !scalar.plain)) return string_leaf(scalar);
  if (!scalar.tag.empty()) return tag_error(scalar);
  const YamlMeaning meaning = meaning_of(text_of(scalar.text.bytes()));
  if (meaning == YamlMeaning::string) return string_leaf(scalar);
  if (meaning == YamlMeaning::too_large) {
    return scalar_error(scalar, "an integer has more than 63 bits", "put it into quotes");
  }
  return leaf_of(meaning, text_of(scalar.text.bytes()));
}

base::Result<YamlKey> key_of(const YamlEvent& scalar) {
  std::string name(text_of(scalar.text.bytes()));
  if (scalar.tag.empty() && !scalar.plain) return YamlKey{std::move(name), KeyStyle::quoted};
  if (scalar.tag == concat(k_standard_tag, "str") || scalar.tag == k_own_tag) {
    return YamlKey{std::move(name), KeyStyle::quoted};
  }
  const YamlMeaning meaning = meaning_of(name);
  if (meaning == YamlMeaning::merge &&
      (scalar.tag.empty() || scalar.tag == concat(k_standard_tag, "merge"))) {
    return YamlKey{std::move(name), KeyStyle::plain};
  }
  if (!scalar.tag.empty()) return tag_error(scalar);
  if (meaning != YamlMeaning::string) {
    return scalar_error(scalar, concat("the key ", base::quoted(name), " is no string"),
                        "put it into quotes");
  }
  return YamlKey{std::move(name), KeyStyle::plain};
}

base::Result<void> check_collection_tag(const YamlEvent& start) {
  const std::string_view wanted = start.kind == YamlEvent::Kind::map_start ? "map" : "seq";
  if (start.tag.empty() || start.tag == k_own_tag || standard_name(start.tag) == wanted) return {};
  return tag_error(start);
}

}  // namespace vmcred::sops
