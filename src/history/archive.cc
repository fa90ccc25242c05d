// SPDX-License-Identifier: Apache-2.0
#include "history/archive.h"

#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>

#include "base/file.h"
#include "base/text.h"
#include "history/difference.h"

namespace vmcred::history {
namespace {

using base::concat;
using base::Result;

constexpr std::string_view k_booted = "booted";
constexpr std::string_view k_previous = "previous";
constexpr mode_t k_file_mode = 0600;
constexpr mode_t k_directory_mode = 0700;

Result<void> make_directory(const std::string& path) {
  if (::mkdir(path.c_str(), k_directory_mode) != 0 && errno != EEXIST) return base::errno_error(path);
  return {};
}

bool is_other_launch(const Record& record, const Record& booted) {
  return !difference({.record = record, .unseen = {}}, booted).empty();
}

}  // namespace

Places usual_places() {
  const char* directory = std::getenv("VMCRED_HISTORY_DIR");
  if (directory == nullptr) return {};
  return {.records = concat(directory, "/records"), .key = concat(directory, "/key")};
}

std::string Archive::path(std::string_view vm, std::string_view name) const {
  return concat(m_directory, "/", vm, "/", name, ".json");
}

Result<std::optional<Record>> Archive::read(std::string_view vm, std::string_view name) const {
  const std::string file = path(vm, name);
  if (::access(file.c_str(), F_OK) != 0 && errno == ENOENT) return std::optional<Record>();
  VMCRED_TRY_ASSIGN(const std::string text, base::read_text_file(file, k_max_record_bytes));
  VMCRED_TRY_ASSIGN(Record record, parse_record(text, file));
  return std::optional(std::move(record));
}

Result<std::optional<Record>> Archive::booted(std::string_view vm) const { return read(vm, k_booted); }

Result<std::optional<Record>> Archive::previous(std::string_view vm) const { return read(vm, k_previous); }

Result<void> Archive::add(const Record& record) const {
  VMCRED_TRY(make_directory(m_directory));
  VMCRED_TRY(make_directory(concat(m_directory, "/", record.vm)));
  // One that can't be read is as good as none, and is replaced.
  const auto before = booted(record.vm);
  if (before && *before && is_other_launch(record, **before))
    VMCRED_TRY(base::write_text_file_atomically(path(record.vm, k_previous), text_of(**before), k_file_mode));
  return base::write_text_file_atomically(path(record.vm, k_booted), text_of(record), k_file_mode);
}

}  // namespace vmcred::history
