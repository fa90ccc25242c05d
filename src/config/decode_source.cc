// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "config/decode.h"
#include "config/kind.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;
using Source = decltype(Secret::source);

// The sentences leave out the value: somebody who misreads this key writes the secret itself here.
std::optional<Source> decode_random(const TableReader& reader) {
  std::string text;
  reader.read_line("random", text);
  if (text.empty()) return std::nullopt;
  const std::size_t colon = std::min(text.find(':'), text.size());
  const auto spelling = std::ranges::find(k_encoding_spellings, std::string_view(text).substr(0, colon),
                                          &Spelling<RandomSource::Encoding>::text);
  if (spelling == k_encoding_spellings.end() || colon == text.size()) {
    reader.report("random", "'random' must be ENCODING:BYTES, like \"base64:32\"",
                  "the encodings are base64, hex, raw and alphanumeric");
    return std::nullopt;
  }
  const auto bytes = parse_random_size(std::string_view(text).substr(colon + 1));
  if (!bytes) {
    reader.report("random", concat("the number in 'random' must be from 1 to ", k_most_random_bytes));
    return std::nullopt;
  }
  return RandomSource{.encoding = spelling->value, .bytes = *bytes};
}

template <typename Items>
std::string suggestion(std::string_view word, const Items& items) {
  std::vector<std::string> names;
  names.reserve(items.size());
  for (const auto& item : items) names.push_back(item.name);
  return base::did_you_mean(word, names);
}

std::optional<Source> decode_generated(const TableReader& reader, std::string_view secret_name,
                                       const GeneratorIndex& generators) {
  GeneratorSource source{.generator = "", .file = std::string(secret_name)};
  reader.read_line("generator", source.generator);
  reader.read_line("file", source.file);
  if (source.generator.empty()) return std::nullopt;
  const auto generator = generators.find(source.generator);
  if (generator == generators.end()) {
    std::vector<std::string> names;
    for (const auto& [name, unused] : generators) names.emplace_back(name);
    reader.report("generator", concat("'generator' names none of this config's generators",
                                      base::did_you_mean(source.generator, names)));
    return std::nullopt;
  }
  const auto& files = generator->second->files;
  const auto file = std::ranges::find(files, source.file, &GeneratorFile::name);
  const std::string_view key = reader.has("file") ? "file" : "generator";
  if (file == files.end()) {
    const std::string subject = reader.has("file") ? "'file'" : quoted(secret_name);
    reader.report(key, concat(subject, " names no file of generator ", quoted(source.generator),
                              suggestion(source.file, files)));
    return std::nullopt;
  }
  if (!file->secret) {
    reader.report(key,
                  concat("file ", quoted(file->name), " of generator ", quoted(source.generator),
                         " is not secret (secret = false)"),
                  "secrets.NAME takes secret files only");
    return std::nullopt;
  }
  return source;
}

// Adds a finding unless the secret has exactly one source.
bool has_one_source(const TableReader& reader, std::string_view secret_name) {
  constexpr std::array<std::string_view, 4> k_sources = {"path", "random", "generator", "encrypted"};
  std::string_view first;
  for (const std::string_view key : k_sources) {
    if (!reader.has(key)) continue;
    if (!first.empty()) {
      reader.report(key, concat(quoted(secret_name), " has both ", quoted(first), " and ", quoted(key)),
                    "a secret has one source");
      return false;
    }
    first = key;
  }
  if (first.empty())
    reader.report("path",
                  concat(quoted(secret_name), " needs one of 'path', 'random', 'generator' and 'encrypted'"));
  return !first.empty();
}

}  // namespace

std::optional<Source> decode_source(const TableReader& reader, std::string_view secret_name,
                                    const GeneratorIndex& generators) {
  if (reader.has("file") && !reader.has("generator")) reader.report("file", "'file' needs 'generator'");
  if (!has_one_source(reader, secret_name)) return std::nullopt;
  if (reader.has("random")) return decode_random(reader);
  if (reader.has("generator")) return decode_generated(reader, secret_name, generators);
  if (reader.has("encrypted")) {
    EncryptedSource source;
    reader.read_path("encrypted", source.path);
    return source;
  }
  FileSource source;
  reader.read_path("path", source.path);
  return source;
}

}  // namespace vmcred::config
