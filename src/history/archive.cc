// SPDX-License-Identifier: Apache-2.0
#include "history/archive.h"

#include <unistd.h>
#include <cerrno>

#include "base/file.h"
#include "base/text.h"
#include "history/difference.h"
#include "history/places.h"

namespace vmcred::history {
namespace {

using base::concat;
using base::Result;

constexpr std::string_view k_booted = "booted";
constexpr std::string_view k_previous = "previous";
constexpr std::string_view k_target = "target";
constexpr mode_t k_file_mode = 0600;

}  // namespace

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

Result<std::optional<Record>> Archive::target(std::string_view vm) const { return read(vm, k_target); }

Result<void> Archive::write(const Record& record, std::string_view name) const {
  VMCRED_TRY(make_place(m_directory));
  VMCRED_TRY(make_place(concat(m_directory, "/", record.vm)));
  return base::write_text_file_atomically(path(record.vm, name), text_of(record), k_file_mode);
}

Result<void> Archive::set_target(const Record& record) const { return write(record, k_target); }

Result<void> Archive::clear_target(std::string_view vm) const {
  const std::string file = path(vm, k_target);
  if (::unlink(file.c_str()) != 0 && errno != ENOENT) return base::errno_error(file);
  return {};
}

Result<void> Archive::add(const Record& record) const {
  // One that can't be read is as good as none, and is replaced.
  const auto before = booted(record.vm);
  if (before && *before && is_another(record, **before)) VMCRED_TRY(write(**before, k_previous));
  VMCRED_TRY(write(record, k_booted));
  return clear_target(record.vm);
}

}  // namespace vmcred::history
