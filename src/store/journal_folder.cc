// SPDX-License-Identifier: Apache-2.0
#include "store/journal_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>

#include "base/file.h"
#include "base/text.h"
#include "store/apply.h"
#include "store/checkpoint.h"
#include "store/folder.h"
#include "store/git.h"
#include "store/tree_path.h"

namespace vmcred::store {
namespace {

using base::concat;

// Names in the folder.
constexpr const char* k_ignore = ".gitignore";
constexpr const char* k_staged = "staged";
constexpr const char* k_unfinished_record = "record.new";
constexpr const char* k_record = "record";
constexpr const char* k_applied = "applied";

const std::string k_folder(k_journal_folder);  // NOLINT(cert-err58-cpp): a short string does not throw

std::string path_of(const View& disk, std::string_view name) {
  return concat(disk.root(), "/", k_folder, "/", name);
}

bool has(const View& disk, std::string_view name) { return disk.has_file(path_in(k_folder, name)); }

base::Result<base::UniqueFd> make_subfolder(int parent, const std::string& name, const std::string& path) {
  checkpoint("mkdir");
  if (::mkdirat(parent, name.c_str(), 0777) != 0 && errno != EEXIST) return base::errno_error(path);
  return base::open_beneath(parent, name, O_RDONLY | O_DIRECTORY);
}

base::Result<base::UniqueFd> open_journal(const View& disk) {
  auto folder = base::open_beneath(disk.root_fd(), k_folder, O_RDONLY | O_DIRECTORY);
  if (!folder) return base::in(disk.root(), std::move(folder));
  return folder;
}

base::Result<base::UniqueFd> write_file(int folder, const char* name, std::string_view text,
                                        const std::string& path) {
  checkpoint("create");
  VMCRED_TRY_ASSIGN(base::UniqueFd fd, base::open_beneath(folder, name, O_WRONLY | O_CREAT | O_TRUNC, 0644));
  checkpoint("write");
  VMCRED_TRY(base::write_all(fd.get(), std::as_bytes(std::span(text)), path));
  return fd;
}

base::Result<void> sync_all(const View& disk) {
  checkpoint("syncfs");
  if (::syncfs(disk.root_fd()) != 0) return base::errno_error(disk.root());
  return {};
}

// A rename within the journal's folder, durable.
base::Result<void> rename_durably(const View& disk, int journal, const char* from, const char* to) {
  checkpoint("rename");
  if (::renameat(journal, from, journal, to) != 0) return base::errno_error(path_of(disk, from));
  checkpoint("fsync");
  if (::fsync(journal) != 0 && errno != EINVAL) return base::errno_error(path_of(disk, ""));
  return {};
}

base::Result<Journal> read_journal(const View& disk, const char* name) {
  VMCRED_TRY_ASSIGN(const auto text, disk.read_file(path_in(k_folder, name)));
  auto journal = parse_journal(text.value_or(""));
  if (!journal) return base::in(path_of(disk, name), std::move(journal));
  return journal;
}

base::Result<void> stage_and_record(const View& disk, const Changes& changes, const Journal& journal) {
  VMCRED_TRY_ASSIGN(const base::UniqueFd folder, make_subfolder(disk.root_fd(), k_folder, path_of(disk, "")));
  VMCRED_TRY(write_file(folder.get(), k_ignore, "*\n", path_of(disk, k_ignore)));
  VMCRED_TRY_ASSIGN(const base::UniqueFd staging,
                    make_subfolder(folder.get(), k_staged, path_of(disk, k_staged)));
  VMCRED_TRY(stage(staging.get(), changes));
  VMCRED_TRY_ASSIGN(
      const base::UniqueFd record,
      write_file(folder.get(), k_unfinished_record, text_of(journal), path_of(disk, k_unfinished_record)));
  VMCRED_TRY(sync_all(disk));
  return rename_durably(disk, folder.get(), k_unfinished_record, k_record);
}

base::Error change_is_recorded(base::Error error) {
  error.what = concat(std::move(error).what, "; the change is recorded, and not whole yet");
  return std::move(error).with_hint(
      "mend that; the next vmcred command on this repository finishes the change");
}

base::Result<void> apply_from(const View& disk, int journal_folder, const Journal& journal) {
  VMCRED_TRY_ASSIGN(const auto staging, open_folder(journal_folder, k_staged));
  if (staging) {
    VMCRED_TRY_ASSIGN(const View staged, View::open(path_of(disk, k_staged)));
    VMCRED_TRY(check_staged(staged, journal));
  }
  VMCRED_TRY(apply(disk.root_fd(), staging ? staging->get() : -1, journal));
  return sync_all(disk);
}

}  // namespace

Leftovers leftovers_in(const View& disk) {
  if (has(disk, k_record)) return Leftovers::recorded;
  if (has(disk, k_applied)) return Leftovers::applied;
  struct stat status{};
  if (::fstatat(disk.root_fd(), k_folder.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
    return Leftovers::staged;
  return Leftovers::none;
}

base::Result<void> record(const View& disk, const Changes& changes, const Journal& journal) {
  auto recorded = stage_and_record(disk, changes, journal);
  if (recorded) return recorded;
  if (leftovers_in(disk) == Leftovers::recorded) return change_is_recorded(std::move(recorded).error());
  const auto discarded = discard_staged(disk);  // the next transaction tries again
  return std::move(recorded).error().with_hint(
      discarded ? "nothing has been changed" : "nothing but the folder .vmcred-journal has been changed");
}

base::Result<void> apply_recorded(const View& disk) {
  VMCRED_TRY_ASSIGN(const Journal journal, read_journal(disk, k_record));
  VMCRED_TRY_ASSIGN(const base::UniqueFd folder, open_journal(disk));
  if (auto applied = apply_from(disk, folder.get(), journal); !applied)
    return change_is_recorded(std::move(applied).error());
  return rename_durably(disk, folder.get(), k_record, k_applied);
}

base::Result<void> tell_git_of_applied(const View& disk) {
  VMCRED_TRY_ASSIGN(const Journal journal, read_journal(disk, k_applied));
  if (auto told = run_git_step(disk.root(), journal); !told) {
    auto error = std::move(told).error();
    error.what += "; the new files are in place, but not committed";
    return std::move(error).with_hint(
        "mend that; the next vmcred command that writes here commits them first");
  }
  VMCRED_TRY_ASSIGN(const base::UniqueFd folder, open_journal(disk));
  checkpoint("unlink");
  if (::unlinkat(folder.get(), k_applied, 0) != 0) return base::errno_error(path_of(disk, k_applied));
  return discard_staged(disk);
}

base::Result<void> discard_staged(const View& disk) {
  auto removed = remove_folder(disk.root_fd(), k_folder);
  if (!removed) return base::in(path_of(disk, ""), std::move(removed));
  return removed;
}

}  // namespace vmcred::store
