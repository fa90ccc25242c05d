// SPDX-License-Identifier: Apache-2.0
#include "config/pins.h"

#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/text.h"
#include "base/utc_time.h"
#include "config/entry.h"
#include "config/path.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::Result;
using nlohmann::json;

constexpr int k_format = 1;
constexpr std::string_view k_suffix = ".json";
constexpr mode_t k_file_mode = 0644;  // the VM's own user reads it, as it reads the config
constexpr mode_t k_directory_mode = 0755;

std::string pin_path(std::string_view config_directory, std::string_view vm) {
  return concat(pins_directory(config_directory), "/", vm, k_suffix);
}

base::Error no_pin(const std::string& path) {
  return {.kind = base::ErrorKind::config,
          .what = concat(path, " is not what 'vmcred vm rollback' writes"),
          .hint = concat("remove it, and the VM follows the config again: rm ", path,
                         " && systemctl daemon-reload")};
}

const json* object_in(const json& parent, const char* key) {
  const auto found = parent.find(key);
  return found != parent.end() && found->is_object() ? &*found : nullptr;
}

Result<Pin> parse_pin(const std::string& text, const std::string& path) {
  // Only what the config's own reader has found within its limits goes to the other.
  if (!parse_document(path, text)) return no_pin(path);
  const json root = json::parse(text, nullptr, false);
  const json* replaces = object_in(root, "replaces");
  const json* entry = object_in(root, "entry");
  const bool is_known =
      root.value("format", json()) == k_format && root.contains("since") && root["since"].is_string();
  if (!is_known || replaces == nullptr || entry == nullptr) return no_pin(path);
  return Pin{.since = root["since"], .replaces = replaces->dump(), .entry = entry->dump()};
}

// Where a finding about it points to: it has no line of its own in the config.
void move_to(Location location, Node& node) {
  node.location = location;
  if (auto* table = std::get_if<Node::Table>(&node.value)) {
    for (Member& member : *table) {
      member.key_location = location;
      move_to(location, member.value);
    }
  } else if (auto* array = std::get_if<Node::Array>(&node.value)) {
    for (Node& element : *array) move_to(location, element);
  }
}

}  // namespace

std::string pins_directory(std::string_view config_directory) { return anchored(config_directory, "pinned"); }

Result<std::optional<Pin>> read_pin(std::string_view config_directory, std::string_view vm) {
  const std::string path = pin_path(config_directory, vm);
  if (!base::path_exists(path)) return std::optional<Pin>();
  VMCRED_TRY_ASSIGN(const std::string text, base::read_text_file(path, k_max_document_bytes));
  return parse_pin(text, path);
}

Result<void> write_pin(std::string_view config_directory, std::string_view vm, const Pin& pin) {
  const std::string directory = pins_directory(config_directory);
  if (::mkdir(directory.c_str(), k_directory_mode) == 0) {
    // Whatever the umask says.
    if (::chmod(directory.c_str(), k_directory_mode) != 0) return base::errno_error(directory);
  } else if (errno != EEXIST) {
    return base::errno_error(directory);
  }
  const json text = {{"format", k_format},
                     {"since", pin.since},
                     {"replaces", json::parse(pin.replaces)},
                     {"entry", json::parse(pin.entry)}};
  return base::write_text_file_atomically(pin_path(config_directory, vm), text.dump(2) + "\n", k_file_mode);
}

Result<void> remove_pin(std::string_view config_directory, std::string_view vm) {
  const std::string path = pin_path(config_directory, vm);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return base::errno_error(path);
  return {};
}

Result<void> remove_passed_over_pin(std::string_view config_directory, std::string_view vm,
                                    std::string_view in_file) {
  VMCRED_TRY_ASSIGN(const auto pin, read_pin(config_directory, vm));
  if (!pin || pin->replaces == in_file) return {};
  return remove_pin(config_directory, vm);
}

Pins Pins::in(std::string_view config_directory) {
  Pins pins;
  pins.m_directory = config_directory;
  std::error_code failure;
  const std::string directory = pins_directory(config_directory);
  std::filesystem::directory_iterator file(directory, failure);
  for (; !failure && file != std::filesystem::directory_iterator(); file.increment(failure))
    if (file->path().extension() == k_suffix) pins.m_members[file->path().stem().string()];
  if (failure && failure != std::errc::no_such_file_or_directory)
    pins.m_failure = concat(directory, ": ", base::errno_text(failure.value()));
  return pins;
}

void Pins::put(const std::string& vm, std::string entry) {
  m_put[vm] = std::move(entry);
  m_members[vm];
}

std::string Pins::path_of(std::string_view vm) const { return pin_path(m_directory, vm); }

Result<std::optional<Pin>> Pins::pin_for(const Member& in_file) const {
  if (const auto put = m_put.find(in_file.key); put != m_put.end())
    return Pin{.since = base::utc_now(), .replaces = entry_text(in_file.value), .entry = put->second};
  return read_pin(m_directory, in_file.key);
}

Pins::Choice Pins::member_for(Context& context, const Member& in_file) {
  if (!m_failure.empty()) context.findings.add(in_file.key_location, m_failure);
  const auto found = m_members.find(in_file.key);
  if (found == m_members.end()) return {.member = &in_file, .since = ""};
  auto pin = pin_for(in_file);
  auto entry = pin && *pin ? parse_entry((*pin)->entry, in_file.key) : Result<Node>(Node{});
  if (!pin || !entry) {
    const base::Error& error = !pin ? pin.error() : entry.error();
    context.findings.add(in_file.key_location, error.what, error.hint);
    return {.member = &in_file, .since = ""};
  }
  if (!*pin || (*pin)->replaces != entry_text(in_file.value)) return {.member = &in_file, .since = ""};
  move_to(in_file.key_location, *entry);
  found->second = {.key = in_file.key, .key_location = in_file.key_location, .value = *std::move(entry)};
  return {.member = &found->second, .since = (*pin)->since};
}

}  // namespace vmcred::config
