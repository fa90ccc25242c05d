// SPDX-License-Identifier: Apache-2.0
#include "shim/kernel_parameters.h"

#include <algorithm>

#include "base/text.h"
#include "credential/initrd_segment.h"
#include "secret/base64.h"

namespace vmcred::shim {
namespace {

using base::Result;
using secret::SecretBuffer;

constexpr std::string_view k_place = "the kernel parameters";
constexpr std::string_view k_white_space = " \t\n\r";
constexpr std::string_view k_rdinit = "rdinit=";

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t start = 0;
  char quote = '\0';
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool ends = i == text.size() || (quote == '\0' && k_white_space.find(text[i]) != text.npos);
    if (ends) {
      if (i > start) words.push_back(text.substr(start, i - start));
      start = i + 1;
    } else if (quote == text[i]) {
      quote = '\0';
    } else if (quote == '\0' && (text[i] == '"' || text[i] == '\'')) {
      quote = text[i];
    }
  }
  return words;
}

// Calls `take` with each letter of a word but its quotes.
template <typename Take>
void for_each_letter(std::string_view word, Take take) {
  char quote = '\0';
  for (const char c : word) {
    if (quote == c)
      quote = '\0';
    else if (quote == '\0' && (c == '"' || c == '\''))
      quote = c;
    else
      take(c);
  }
}

Result<SecretBuffer> unquoted_secret(std::string_view word) {
  VMCRED_TRY_ASSIGN(SecretBuffer letters, SecretBuffer::zeroed(word.size()));
  std::size_t size = 0;
  for_each_letter(word, [&](char c) { letters.writable_bytes()[size++] = static_cast<std::byte>(c); });
  letters.truncate(size);
  return letters;
}

std::string unquoted(std::string_view word) {
  std::string letters;
  for_each_letter(word, [&](char c) { letters += c; });
  return letters;
}

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// systemd takes '-' and '_' in a key for the same letter.
bool has_key(std::string_view word, std::string_view key) {
  const auto same = [](char a, char b) { return (a == '-' ? '_' : a) == b; };
  return word.size() > key.size() && word[key.size()] == '=' &&
         std::equal(key.begin(), key.end(), word.begin(), [&](char b, char a) { return same(a, b); });
}

base::Error bad_parameter(std::string_view key, std::string_view reason) {
  return {.kind = base::ErrorKind::credential,
          .what = base::concat("kernel parameter ", key, "= ", reason),
          .hint = "take it off the command line; LoadCredential= is the place for it"};
}

Result<SecretBuffer> decoded(std::span<const std::byte> base64, std::string_view key) {
  VMCRED_TRY_ASSIGN(SecretBuffer value, SecretBuffer::zeroed(base64.size() / 4 * 3 + 1));
  const auto size = secret::base64_decode(base64, value.writable_bytes());
  if (!size) return bad_parameter(key, "has a value that is not base64");
  value.truncate(*size);
  return value;
}

Result<credential::Credential> read_assignment(const SecretBuffer& word, std::string_view key, bool binary) {
  const auto assignment = word.bytes().subspan(key.size() + 1);
  const std::size_t colon = as_text(assignment).find(':');
  if (colon == std::string_view::npos) return bad_parameter(key, "has no ':' behind the name");
  auto name = credential::CredentialName::parse(as_text(assignment.first(colon)));
  if (!name) return bad_parameter(key, "has a name that systemd does not accept");
  const auto text = assignment.subspan(colon + 1);
  VMCRED_TRY_ASSIGN(SecretBuffer value, binary ? decoded(text, key) : SecretBuffer::copy_of(text));
  return credential::Credential{.name = *std::move(name), .value = std::move(value)};
}

base::Error not_absolute(std::string_view path) {
  return {.kind = base::ErrorKind::usage,
          .what = base::concat("kernel parameter ", base::quoted(k_rdinit),
                               " is no absolute path: ", base::quoted(path)),
          .hint = "write it as 'rdinit=/path/of/the/program'"};
}

std::string joined(const std::vector<std::string_view>& words) {
  return base::join(std::vector<std::string>(words.begin(), words.end()), " ");
}

}  // namespace

Result<std::string> take_from_kernel_parameters(std::string_view text, std::vector<TakenCredential>& taken) {
  constexpr std::string_view k_text_key = "systemd.set_credential";
  constexpr std::string_view k_binary_key = "systemd.set_credential_binary";
  const auto words = split(text);
  std::vector<std::string_view> rest;
  for (const auto word : words) {
    VMCRED_TRY_ASSIGN(const SecretBuffer letters, unquoted_secret(word));
    const bool is_binary = has_key(as_text(letters.bytes()), k_binary_key);
    if (!is_binary && !has_key(as_text(letters.bytes()), k_text_key)) {
      rest.push_back(word);
      continue;
    }
    VMCRED_TRY_ASSIGN(auto credential,
                      read_assignment(letters, is_binary ? k_binary_key : k_text_key, is_binary));
    taken.push_back({.credential = std::move(credential), .place = std::string(k_place)});
  }
  return rest.size() == words.size() ? std::string(text) : joined(rest);
}

Result<std::string> exchange_init(std::vector<std::string>& texts) {
  std::string next_init;
  bool for_the_kernel = true;  // what stands behind "--" is the init program's
  for (std::string& text : texts) {
    const auto words = split(text);
    std::vector<std::string_view> rest;
    for (const auto word : words) {
      for_the_kernel = for_the_kernel && word != "--";
      const std::string letters = unquoted(word);
      if (for_the_kernel && letters.starts_with(k_rdinit))
        next_init = letters.substr(k_rdinit.size());
      else
        rest.push_back(word);
    }
    if (rest.size() < words.size()) text = joined(rest);
  }
  if (next_init.empty()) next_init = credential::k_default_init;
  if (!next_init.starts_with('/')) return not_absolute(next_init);
  // At the front: the end of a text that is too long for the kernel is cut off without a word.
  std::string& first = texts.empty() ? texts.emplace_back() : texts.front();
  first = base::concat(k_rdinit, credential::k_shim_program, first.empty() ? "" : " ", first);
  return next_init;
}

Result<ParametersWithInit> with_shim_init(std::string_view text) {
  std::vector<std::string> texts = {std::string(text)};
  VMCRED_TRY_ASSIGN(std::string next_init, exchange_init(texts));
  return ParametersWithInit{.text = std::move(texts.front()), .next_init = std::move(next_init)};
}

}  // namespace vmcred::shim
