// SPDX-License-Identifier: Apache-2.0
#include "runner/host/identity.h"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <charconv>
#include <cstdint>
#include <optional>

#include "base/process.h"
#include "base/text.h"
#include "config/unit_names.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::quoted;
using base::Result;

// The parts of a text between separators, empty ones included.
std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::uint32_t> parse_id(std::string_view text) {
  std::uint32_t id = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return id;
}

// getent asks every source of users that this host has (files, systemd, directories). The C library can do
// that only for programs that load it at run time, and this one is static so that it starts in a fraction of
// the time.
std::optional<std::string> ask_getent(std::string_view database, const std::string& key) {
  return base::output_of({"getent", std::string(database), key});
}

// "name:password:uid:gid:…", one line (passwd(5)).
std::optional<Identity> parse_passwd_entry(std::string_view line) {
  const auto fields = split(line, ':');
  if (fields.size() < 4) return std::nullopt;
  const auto uid = parse_id(fields[2]);
  const auto gid = parse_id(fields[3]);
  if (!uid || !gid) return std::nullopt;
  return Identity{.name = fields[0], .uid = *uid, .gid = *gid, .groups = {*gid}};
}

// "name   gid gid…"; a user without further groups has a name only.
void add_further_groups(Identity& identity) {
  const auto line = ask_getent("initgroups", identity.name);
  if (!line) return;
  for (const auto& word : split(std::string_view(*line).substr(0, line->find('\n')), ' '))
    if (const auto gid = parse_id(word); gid && *gid != identity.gid) identity.groups.push_back(*gid);
}

Error missing_user(const std::string& name) {
  if (!ask_getent("passwd", "root"))
    return {.kind = ErrorKind::host,
            .what = "getent, which looks users up, does not work",
            .hint = "install it: apt install libc-bin"};
  return {.kind = ErrorKind::host,
          .what = concat("user ", quoted(name), " doesn't exist"),
          .hint = concat("make it: useradd --system --no-create-home --shell /usr/sbin/nologin ", name)};
}

// Capabilities that the bounding set no longer has can't come back through any later exec.
Result<void> empty_bounding_set() {
  for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return base::errno_error("drop a capability");
  return {};
}

Result<void> empty_capability_sets() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
  if (::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0)
    return base::errno_error("clear the ambient capabilities");
  if (::syscall(SYS_capset, &header, none) != 0) return base::errno_error("clear the capabilities");
  return {};
}

Result<void> check_no_way_back(const Identity& identity) {
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  if (::getresuid(&real, &effective, &saved) != 0) return base::errno_error("read back the user");
  if (real != identity.uid || effective != identity.uid || saved != identity.uid || ::setuid(0) == 0)
    return Error{.kind = ErrorKind::refused,
                 .what = concat("can't become user ", quoted(identity.name), " for good")};
  return {};
}

}  // namespace

Result<Identity> find_identity(const config::VirtualMachine& vm) {
  const std::string name = config::user_name(vm);
  const auto line = ask_getent("passwd", name);
  if (!line) return missing_user(name);
  auto identity = parse_passwd_entry(*line);
  if (!identity)
    return Error{.kind = ErrorKind::host, .what = concat("user ", quoted(name), " has a broken entry")};
  if (identity->uid == 0)
    return Error{.kind = ErrorKind::refused,
                 .what = concat("user ", quoted(name), " is root, and a VM never runs as root"),
                 .hint = "set 'user' to a system user that only this VM has"};
  add_further_groups(*identity);
  return *std::move(identity);
}

Result<void> become(const Identity& identity) {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return base::errno_error("set no_new_privs");
  VMCRED_TRY(empty_bounding_set());
  if (::setgroups(identity.groups.size(), identity.groups.data()) != 0)
    return base::errno_error("set the groups");
  if (::setresgid(identity.gid, identity.gid, identity.gid) != 0) return base::errno_error("set the group");
  if (::setresuid(identity.uid, identity.uid, identity.uid) != 0) return base::errno_error("set the user");
  VMCRED_TRY(empty_capability_sets());
  return check_no_way_back(identity);
}

}  // namespace vmcred::runner
