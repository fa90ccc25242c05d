// SPDX-License-Identifier: Apache-2.0
// Keys, documents and short ways through the library for the tests of this room.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "age/age.h"
#include "sops/failure.h"
#include "sops/file.h"

namespace vmcred::sops {

// The value, or a failed test that says why there is none.
template <typename T>
T must(base::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().what);
  return *std::move(result);
}
inline void must(base::Result<void> result) {
  if (!result) throw std::runtime_error(result.error().what);
}

template <typename T>
Failure failure_in(const base::Result<T>& result) {
  return result ? Failure::none : failure_of(result.error());
}

// Somebody with one key.
struct Person {
  age::Identities identities;
  age::Recipients recipients;
  std::string name;  // the recipient's text
};

inline Person new_person() {
  const auto generated = must(age::generate_identity());
  Person person;
  person.identities.push_back(must(age::parse_identity(generated.secret_key.bytes())));
  person.recipients.push_back(must(age::parse_recipient(generated.recipient)));
  person.name = generated.recipient;
  return person;
}

// One list of recipients of several people.
inline age::Recipients recipients_of_all(const std::vector<const Person*>& people) {
  age::Recipients recipients;
  for (const auto* person : people) recipients.push_back(must(age::parse_recipient(person->name)));
  return recipients;
}

inline std::string string_of(const secret::SecretBuffer& buffer) {
  return std::string(text_of(buffer.bytes()));
}

inline std::string encrypt_text(std::string_view plain, Format format, const Person& person,
                                const EncryptOptions& options = {}) {
  const age::RecipientList recipients = person.recipients;
  Document document = must(parse_plain(bytes_of(plain), format));
  return must(emit_encrypted(must(encrypt(std::move(document), {.groups = {&recipients, 1}}, options))));
}

inline base::Result<OpenDocument> open_text(std::string_view file, Format format, const Person& person,
                                            MacCheck check = MacCheck::required) {
  VMCRED_TRY_ASSIGN(Document document, parse_encrypted(bytes_of(file), format));
  return open(std::move(document), person.identities, check);
}

inline base::Result<std::string> decrypt_text(std::string_view file, Format format, const Person& person,
                                              MacCheck check = MacCheck::required) {
  VMCRED_TRY_ASSIGN(const OpenDocument opened, open_text(file, format, person, check));
  VMCRED_TRY_ASSIGN(const auto text, emit_plain(opened.document.trees, format));
  return string_of(text);
}

inline std::string replaced(std::string text, std::string_view old_part, std::string_view new_part) {
  const std::size_t at = text.find(old_part);
  if (at == std::string::npos) throw std::runtime_error("nothing to replace");
  return text.replace(at, old_part.size(), new_part);
}

inline std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    lines.emplace_back(line);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return lines;
}

// How many lines of `after` are not in `before`.
inline std::size_t new_lines(std::string_view before, std::string_view after) {
  const auto old_lines = lines_of(before);
  const auto all = lines_of(after);
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [&](const std::string& line) {
    return std::find(old_lines.begin(), old_lines.end(), line) == old_lines.end();
  }));
}

}  // namespace vmcred::sops
