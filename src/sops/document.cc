// SPDX-License-Identifier: Apache-2.0
#include "sops/document.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "sops/dotenv.h"
#include "sops/failure.h"
#include "sops/flat_metadata.h"
#include "sops/json.h"
#include "sops/yaml.h"

namespace vmcred::sops {
namespace {

using base::Result;
using secret::SecretBuffer;

constexpr std::string_view k_binary_key = "data";

struct FormatName {
  std::string_view name;
  Format format;
};

constexpr std::array k_names = {FormatName{"json", Format::json}, FormatName{"yaml", Format::yaml},
                                FormatName{"dotenv", Format::dotenv}, FormatName{"binary", Format::binary}};

constexpr std::array k_suffixes = {FormatName{".json", Format::json}, FormatName{".yaml", Format::yaml},
                                   FormatName{".yml", Format::yaml}, FormatName{".env", Format::dotenv}};

base::Error ini_is_not_supported() {
  return failed(Failure::generic, "INI files are not supported", "keep the values in JSON, YAML or dotenv");
}

Result<std::vector<Map>> one_tree(Result<Map> tree) {
  if (!tree) return std::move(tree).error();
  std::vector<Map> trees;
  trees.push_back(*std::move(tree));
  return trees;
}

Result<std::vector<Map>> parse_trees(crypto::Bytes text, Format format, Reading reading) {
  switch (format) {
    case Format::yaml:
      return parse_yaml(text, reading);
    case Format::dotenv:
      return one_tree(parse_dotenv(text, reading));
    case Format::json:
    case Format::binary:
      break;
  }
  if (text.empty()) return failed(Failure::unreadable, "the file is empty");
  return one_tree(parse_json(text, reading));
}

base::Error no_metadata() {
  return failed(Failure::generic, "there is no SOPS metadata: the file is not encrypted", "encrypt it first");
}

// Each document has a copy; the first one counts.
Result<Map> take_nested_metadata(std::vector<Map>& trees) {
  std::optional<Node> first;
  for (auto& tree : trees) {
    Entry* entry = find_entry(tree, k_metadata_key);
    if (entry == nullptr) continue;
    if (&tree == &trees.front()) first = std::move(entry->value);
    tree.entries.erase(tree.entries.begin() + (entry - tree.entries.data()));
  }
  if (!first) return no_metadata();
  auto* fields = std::get_if<Map>(&first->value);
  if (fields == nullptr || fields->entries.empty()) return no_metadata();
  return std::move(*fields);
}

Result<Map> take_metadata(std::vector<Map>& trees, Format format) {
  if (format != Format::dotenv) return take_nested_metadata(trees);
  VMCRED_TRY_ASSIGN(Map fields, take_flat_metadata(trees.front()));
  if (fields.entries.empty()) return no_metadata();
  return fields;
}

// The one string of a binary file's envelope, or nullptr.
const Leaf* binary_leaf(const std::vector<Map>& trees) {
  if (trees.size() != 1) return nullptr;
  const auto& entries = trees.front().entries;
  // JSON leaves comments out.
  const auto values = std::ranges::count_if(entries, [](const Entry& e) { return !is_comment(e.value); });
  const Entry* entry = find_entry(trees.front(), k_binary_key);
  const auto* leaf = entry == nullptr ? nullptr : std::get_if<Leaf>(&entry->value.value);
  return values == 1 && leaf != nullptr && leaf->type == Leaf::Type::string ? leaf : nullptr;
}

base::Error no_binary() {
  return failed(Failure::emitting,
                "only a file whose one value is the string 'data' can be written as binary",
                "choose another format for the result: --output-type json");
}

bool has_reserved_key(const Map& tree, Format format) {
  if (format != Format::dotenv) return find_entry(tree, k_metadata_key) != nullptr;
  for (const auto& entry : tree.entries)
    if (!is_comment(entry.value) && entry.key.starts_with(k_flat_prefix)) return true;
  return false;
}

Result<std::vector<Map>> binary_tree(crypto::Bytes bytes) {
  VMCRED_TRY_ASSIGN(Leaf leaf, make_leaf(Leaf::Type::string, bytes));
  Map map;
  map.entries.push_back({.key = std::string(k_binary_key), .value = {std::move(leaf)}});
  return one_tree(std::move(map));
}

// Dotenv's values are texts. One that is not encrypted must be read as what the seal is over.
Result<void> check_dotenv(const Map& tree, const Metadata& metadata) {
  for (const auto& [key, value, style] : tree.entries) {
    const auto* leaf = std::get_if<Leaf>(&value.value);
    if (leaf == nullptr || leaf->is_encrypted || leaf->type == Leaf::Type::comment) continue;
    if (leaf->type == Leaf::Type::boolean && !metadata.mac_only_encrypted)
      return failed(Failure::emitting,
                    base::concat("dotenv can't hold the truth value ", base::quoted(key), " in the open"),
                    "write it as a text, or let it be encrypted");
    if (leaf->type == Leaf::Type::string && is_misread_from_dotenv(text_of(leaf->plaintext.bytes())))
      return failed(
          Failure::emitting,
          base::concat("dotenv can't hold the text ", base::quoted(key),
                       " in the open: it has a backslash and an n, which would be read as a newline"),
          "write it without them, or let it be encrypted");
  }
  return {};
}

// Would parse_encrypted() and open() take the file, and find the same values? A document that they gave
// passes.
Result<void> check_readable(const Document& document) {
  for (const auto& tree : document.trees)
    if (has_reserved_key(tree, document.format))
      return failed(
          Failure::emitting, "the document has a key that the format keeps for SOPS metadata",
          base::concat("rename what is called ", k_metadata_key, " or begins with ", k_flat_prefix));
  if (document.format == Format::binary && binary_leaf(document.trees) == nullptr) return no_binary();
  if (document.format == Format::dotenv && document.trees.size() == 1)
    return check_dotenv(document.trees.front(), document.metadata);
  return {};
}

Result<void> append_metadata(Document& document) {
  if (document.format == Format::dotenv) {
    VMCRED_TRY_ASSIGN(Map fields, write_metadata(document.metadata));
    append_flat_metadata(document.trees.front(), std::move(fields));
    return {};
  }
  for (auto& tree : document.trees) {
    VMCRED_TRY_ASSIGN(Map fields, write_metadata(document.metadata));
    tree.entries.push_back({.key = std::string(k_metadata_key), .value = {std::move(fields)}});
  }
  return {};
}

Result<void> write_one(const std::vector<Map>& trees, Format format, unsigned indent, TextSink& sink) {
  if (trees.size() != 1)
    return failed(Failure::emitting,
                  base::concat("only YAML can hold ", trees.size(), " documents in one file"));
  if (format == Format::dotenv) return write_dotenv(trees.front(), sink);
  VMCRED_TRY(write_json(trees.front(), indent, sink));
  sink.append("\n");
  return {};
}

}  // namespace

Result<Format> format_of_path(std::string_view path) {
  for (const auto& [suffix, format] : k_suffixes)
    if (path.ends_with(suffix)) return format;
  if (path.ends_with(".ini")) return ini_is_not_supported();
  return Format::binary;
}

Result<Format> parse_format(std::string_view name) {
  std::vector<std::string> known;
  for (const auto& [format_name, format] : k_names) {
    if (format_name == name) return format;
    known.emplace_back(format_name);
  }
  if (name == "ini") return ini_is_not_supported();
  return base::Error{
      .kind = base::ErrorKind::usage,
      .what = base::concat("unknown format ", base::quoted(name), base::did_you_mean(name, known)),
      .hint = base::concat("one of ", base::join(known, ", ")),
      .detail = static_cast<int>(Failure::generic)};
}

Result<Document> parse_encrypted(crypto::Bytes text, Format format) {
  Document document{.format = format};
  VMCRED_TRY_ASSIGN(document.trees, parse_trees(text, format, Reading::encrypted));
  VMCRED_TRY_ASSIGN(Map fields, take_metadata(document.trees, format));
  VMCRED_TRY_ASSIGN(document.metadata, read_metadata(std::move(fields)));
  if (format == Format::binary && binary_leaf(document.trees) == nullptr)
    return failed(Failure::unreadable, "this is no binary SOPS file: its one value is not the string 'data'",
                  "name its format: --input-type json");
  return document;
}

Result<Document> parse_plain(crypto::Bytes text, Format format) {
  Document document{.format = format};
  if (format == Format::binary) {
    VMCRED_TRY_ASSIGN(document.trees, binary_tree(text));
    return document;
  }
  VMCRED_TRY_ASSIGN(document.trees, parse_trees(text, format, Reading::plain));
  for (const auto& tree : document.trees)
    if (has_reserved_key(tree, format))
      return failed(
          Failure::already_encrypted,
          "the file has an entry 'sops', where encrypted files keep their metadata: it is encrypted already",
          "to change an encrypted file use 'edit' or 'set'");
  return document;
}

Result<std::string> emit_encrypted(Document document, unsigned indent) {
  VMCRED_TRY(check_readable(document));
  VMCRED_TRY(append_metadata(document));
  if (document.format == Format::yaml) {
    VMCRED_TRY_ASSIGN(const auto text, emit_yaml(document.trees, indent));
    return std::string(text_of(text.bytes()));
  }
  return public_text(
      [&](TextSink& sink) { return write_one(document.trees, document.format, indent, sink); });
}

Result<SecretBuffer> emit_plain(const std::vector<Map>& trees, Format format, unsigned indent) {
  if (format == Format::yaml) return emit_yaml(trees, indent);
  if (format != Format::binary)
    return secret_text([&](TextSink& sink) { return write_one(trees, format, indent, sink); });
  const Leaf* leaf = binary_leaf(trees);
  if (leaf == nullptr) return no_binary();
  return SecretBuffer::copy_of(leaf->plaintext.bytes());
}

Result<SecretBuffer> emit_value(const Node& value, Format format, unsigned indent) {
  const auto* leaf = std::get_if<Leaf>(&value.value);
  if (leaf != nullptr && leaf->type == Leaf::Type::string)
    return SecretBuffer::copy_of(leaf->plaintext.bytes());
  switch (format) {
    case Format::yaml:
      return emit_yaml_value(value, indent);
    case Format::json:
      return secret_text([&](TextSink& sink) { return write_json_value(value, indent, sink); });
    case Format::dotenv:
    case Format::binary:
      break;
  }
  return failed(Failure::emitting, "this format has no values but strings",
                "choose another one for the result: --output-type json");
}

}  // namespace vmcred::sops
