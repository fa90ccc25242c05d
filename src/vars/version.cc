// SPDX-License-Identifier: Apache-2.0
#include "vars/version.h"

#include <algorithm>
#include <array>

#include "base/file.h"
#include "base/text.h"
#include "config/path.h"
#include "secret/random.h"
#include "store/places.h"

namespace vmcred::vars {
namespace {

using base::concat;
using base::Result;

constexpr std::size_t k_max_file_bytes = std::size_t{1024} * 1024;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    parts.push_back(text.substr(0, text.find(separator)));
    text.remove_prefix(std::min(text.size(), parts.back().size() + 1));
  }
  return parts;
}

std::string text_of(const Making& making, std::string_view prefix) {
  std::string text = concat(prefix, "version ", making.version, "\n");
  for (const auto& [path, version] : making.from) text += concat(prefix, "from ", path, " ", version, "\n");
  return text;
}

// A hash that another program wrote may be anything: none that we would want.
std::string_view as_word(std::string_view hash) {
  return hash.empty() || hash.find_first_of(" \n") != std::string_view::npos ? k_unknown_version : hash;
}

bool add_line(VersionFile& file, std::string_view line) {
  const auto words = split(line, ' ');
  const auto is = [&](std::string_view name, std::size_t count) {
    return words.size() == count && words.front() == name;
  };
  if (is("version", 2)) {
    file.current.version = words[1];
  } else if (is("from", 3)) {
    file.current.from.emplace(words[1], words[2]);
  } else if (is("previous-version", 2)) {
    file.previous.emplace().making.version = words[1];
  } else if (is("previous-from", 3) && file.previous) {
    file.previous->making.from.emplace(words[1], words[2]);
  } else if (is("previous-validation", 2) && file.previous) {
    file.previous->validation = words[1];
  } else if (is("previous-file", 2) && file.previous) {
    file.previous->files.emplace_back(words[1]);
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::string text_of(const VersionFile& file) {
  std::string text = text_of(file.current, "");
  if (!file.previous) return text;
  const WayBack& previous = *file.previous;
  text += text_of(previous.making, "previous-");
  if (previous.validation) text += concat("previous-validation ", as_word(*previous.validation), "\n");
  for (const std::string& name : previous.files) text += concat("previous-file ", name, "\n");
  return text;
}

Result<VersionFile> parse_version_file(std::string_view text, std::string_view subject) {
  VersionFile file;
  const auto lines = split(text, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (!add_line(file, lines[i]))
      return base::Error{
          .kind = base::ErrorKind::config,
          .what = concat(subject, ":", i + 1, ": not a line of a version file"),
          .hint =
              "take the file's last good state from git, or remove it: its generator then counts "
              "as up to date"};
  return file;
}

Result<std::string> new_version() {
  std::array<std::byte, 16> noise;
  VMCRED_TRY(secret::fill_random(noise));
  return base::hex(noise);
}

std::string Versions::path_of(const store::GeneratorId& generator) const {
  return concat(m_vars_path, "/", store::path_of(generator), "/", store::k_version_file);
}

Result<std::optional<VersionFile>> Versions::read(const store::GeneratorId& generator) const {
  const std::string path = path_of(generator);
  if (!base::path_exists(path)) return std::optional<VersionFile>();
  VMCRED_TRY_ASSIGN(const std::string text, base::read_text_file(path, k_max_file_bytes));
  VMCRED_TRY_ASSIGN(VersionFile file, parse_version_file(text, path));
  return std::optional(std::move(file));
}

Result<std::string> Versions::version_of(const store::GeneratorId& generator) const {
  VMCRED_TRY_ASSIGN(const auto file, read(generator));
  return file ? file->current.version : std::string(k_unknown_version);
}

Result<void> Versions::write(store::Transaction& transaction, const store::GeneratorId& generator,
                             const VersionFile& file) const {
  return transaction.write_file(path_in_root(generator), text_of(file));
}

Result<void> Versions::remove(store::Transaction& transaction, const store::GeneratorId& generator) const {
  return transaction.remove(path_in_root(generator));
}

std::string Versions::root() const {
  const std::string_view folder = config::directory_of(m_vars_path);
  return folder.empty() ? "." : std::string(folder);
}

std::string Versions::path_in_root(const store::GeneratorId& generator) const {
  return concat(std::string_view(m_vars_path).substr(m_vars_path.rfind('/') + 1), "/",
                store::path_of(generator), "/", store::k_version_file);
}

}  // namespace vmcred::vars
