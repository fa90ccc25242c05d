// SPDX-License-Identifier: Apache-2.0
#include "sops/dotenv.h"

#include <set>
#include <utility>

#include "base/text.h"
#include "sops/failure.h"
#include "sops/value.h"

namespace vmcred::sops {
namespace {

using base::Result;
using secret::SecretBuffer;

constexpr std::string_view k_written_newline = "\\n";

base::Error unreadable(std::size_t line, std::string_view sentence) {
  return failed(Failure::unreadable, base::concat("line ", line, " ", sentence));
}

// The text with "\n" as a newline, which is shorter.
Result<Leaf> unescaped_leaf(std::string_view text) {
  VMCRED_TRY_ASSIGN(auto plain, SecretBuffer::zeroed(text.size()));
  std::size_t size = 0;
  for (; !text.empty(); ++size) {
    const bool newline = text.starts_with(k_written_newline);
    plain.writable_bytes()[size] = static_cast<std::byte>(newline ? '\n' : text.front());
    text.remove_prefix(newline ? k_written_newline.size() : 1);
  }
  plain.truncate(size);
  return Leaf{.type = Leaf::Type::string, .plaintext = std::move(plain)};
}

Result<Leaf> value_leaf(std::string_view text, Reading reading) {
  VMCRED_TRY_ASSIGN(Leaf leaf, leaf_as_read(Leaf::Type::string, text, reading));
  if (leaf.is_encrypted || text.find(k_written_newline) == std::string_view::npos) return leaf;
  return unescaped_leaf(text);
}

Result<Entry> parse_line(std::string_view line, std::size_t number, Reading reading) {
  if (line.starts_with('#')) {
    VMCRED_TRY_ASSIGN(Leaf comment, leaf_as_read(Leaf::Type::comment, line.substr(1), reading));
    return Entry{.key = "", .value = {std::move(comment)}};
  }
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return unreadable(number, "is neither KEY=VALUE nor a comment");
  VMCRED_TRY_ASSIGN(Leaf leaf, value_leaf(line.substr(equals + 1), reading));
  return Entry{.key = std::string(line.substr(0, equals)), .value = {std::move(leaf)}};
}

Result<void> write_key(std::string_view key, TextSink& sink) {
  if (key.starts_with('#') || key.find_first_of("=\n") != std::string_view::npos)
    return failed(Failure::emitting, base::concat("dotenv can't hold the key ", base::quoted(key)));
  sink.append(key);
  sink.append("=");
  return {};
}

void write_string(std::string_view text, TextSink& sink) {
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    sink.append(text.substr(0, end));
    sink.append(k_written_newline);
    text.remove_prefix(end + 1);
  }
  sink.append(text);
}

Result<void> write_comment(const Leaf& leaf, TextSink& sink) {
  const std::string_view text =
      leaf.is_encrypted ? std::string_view(leaf.ciphertext) : text_of(leaf.plaintext.bytes());
  if (text.find('\n') != std::string_view::npos)
    return failed(Failure::emitting, "dotenv can't hold a comment of several lines");
  sink.append("#");
  sink.append(text);
  sink.append("\n");
  return {};
}

void write_value(const Leaf& leaf, TextSink& sink) {
  const std::string_view text = text_of(leaf.plaintext.bytes());
  if (leaf.is_encrypted)
    write_string(leaf.ciphertext, sink);
  else if (leaf.type == Leaf::Type::boolean)
    sink.append(text == "True" ? "true" : "false");
  else
    write_string(text, sink);
}

}  // namespace

Result<Map> parse_dotenv(crypto::Bytes text, Reading reading) {
  Map map;
  std::set<std::string> keys;
  std::string_view rest = text_of(text);
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.empty()) continue;
    VMCRED_TRY_ASSIGN(Entry entry, parse_line(line, number, reading));
    if (!is_comment(entry.value) && !keys.insert(entry.key).second)
      return unreadable(number, "gives a key for the second time");
    map.entries.push_back(std::move(entry));
  }
  return map;
}

Result<void> write_dotenv(const Map& map, TextSink& sink) {
  for (const auto& entry : map.entries) {
    const auto* leaf = std::get_if<Leaf>(&entry.value.value);
    if (leaf == nullptr)
      return failed(Failure::emitting, base::concat("dotenv can't hold the value of ",
                                                    base::quoted(entry.key), ", which has parts"));
    if (leaf->type == Leaf::Type::comment) {
      VMCRED_TRY(write_comment(*leaf, sink));
      continue;
    }
    VMCRED_TRY(write_key(entry.key, sink));
    write_value(*leaf, sink);
    sink.append("\n");
  }
  return {};
}

bool is_misread_from_dotenv(std::string_view text) {
  // What looks encrypted is read as it stands.
  return text.find(looks_encrypted(text) ? "\n" : k_written_newline) != std::string_view::npos;
}

}  // namespace vmcred::sops
