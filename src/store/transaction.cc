// SPDX-License-Identifier: Apache-2.0
#include "store/transaction.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"
#include "store/abandoned_git_locks.h"
#include "store/apply.h"
#include "store/git.h"
#include "store/journal_folder.h"
#include "store/repository_lock.h"
#include "store/tree_path.h"

namespace vmcred::store {
namespace {

// Finishes or drops what a killed process left.
base::Result<void> finish_leftovers(const View& disk) {
  switch (leftovers_in(disk)) {
    case Leftovers::none:
      return {};
    case Leftovers::staged:
      return discard_staged(disk);
    case Leftovers::recorded:
      VMCRED_TRY(apply_recorded(disk));
      [[fallthrough]];
    case Leftovers::applied:
      break;
  }
  VMCRED_TRY(remove_abandoned_git_locks(disk.root()));
  return tell_git_of_applied(disk);
}

// Is it on disk already? Unreadable counts as different.
bool is_in_place(const View& disk, const std::string& path, const Change& change) {
  if (change.kind == Change::Kind::removal) return !disk.exists(path);
  if (change.kind == Change::Kind::link) return disk.read_link(path) == change.contents;
  const auto contents = disk.read_file(path);
  return contents && *contents == change.contents;
}

Changes not_in_place(const View& disk, const Changes& staged) {
  Changes left;
  for (const auto& [path, change] : staged)
    if (!is_in_place(disk, path, change)) left.emplace_hint(left.end(), path, change);
  return left;
}

// git is told of all paths: what is in place already may have missed its commit.
Journal journal_for(const Changes& staged, GitStep git, const std::string& message) {
  Journal journal{.git = git, .message = message, .written = {}, .removed = {}};
  std::ranges::replace_if(journal.message, base::is_control, ' ');
  for (const auto& [path, change] : staged)
    (change.kind == Change::Kind::removal ? journal.removed : journal.written).push_back(path);
  return journal;
}

}  // namespace

struct Transaction::State {
  base::UniqueFd lock;  // invalid in a preview
  View disk;
  Changes changes;
  View view;  // on `changes`

  static base::Result<std::unique_ptr<State>> on(const View& disk, base::UniqueFd lock) {
    auto state =
        std::make_unique<State>(State{.lock = std::move(lock), .disk = disk, .changes = {}, .view = disk});
    VMCRED_TRY_ASSIGN(state->view, View::open(disk.root(), &state->changes));
    return state;
  }

  base::Result<void> add(const std::string& path, Change change) {
    VMCRED_TRY(check_path(path));
    changes.insert_or_assign(path, std::move(change));
    return {};
  }
};

Transaction::Transaction(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Transaction::Transaction(Transaction&&) noexcept = default;
Transaction& Transaction::operator=(Transaction&&) noexcept = default;
Transaction::~Transaction() = default;

base::Result<Transaction> Transaction::begin(const std::string& root) {
  VMCRED_TRY_ASSIGN(base::UniqueFd lock, lock_repository(root));
  VMCRED_TRY_ASSIGN(View disk, View::open(root));
  VMCRED_TRY(finish_leftovers(disk));
  VMCRED_TRY_ASSIGN(auto state, State::on(disk, std::move(lock)));
  return Transaction(std::move(state));
}

base::Result<Transaction> Transaction::preview(const std::string& root) {
  VMCRED_TRY_ASSIGN(const View disk, View::open(root));
  VMCRED_TRY_ASSIGN(auto state, State::on(disk, base::UniqueFd()));
  return Transaction(std::move(state));
}

base::Result<void> Transaction::write_file(const std::string& path, std::string_view contents,
                                           unsigned mode) {
  return m_state->add(path, {.kind = Change::Kind::file, .contents = std::string(contents), .mode = mode});
}

base::Result<void> Transaction::write_link(const std::string& path, const std::string& target) {
  return m_state->add(path, {.kind = Change::Kind::link, .contents = target, .mode = 0});
}

base::Result<void> Transaction::remove(const std::string& path) {
  return m_state->add(path, {.kind = Change::Kind::removal, .contents = {}, .mode = 0});
}

base::Result<void> Transaction::remove_all(const std::string& folder) {
  VMCRED_TRY_ASSIGN(const auto paths, m_state->view.leaves(folder));
  for (const auto& path : paths) VMCRED_TRY(remove(path));
  return {};
}

base::Result<std::optional<std::string>> Transaction::read_file(const std::string& path) const {
  return m_state->view.read_file(path);
}

const View& Transaction::view() const { return m_state->view; }

bool Transaction::empty() const { return m_state->changes.empty(); }

base::Result<void> Transaction::commit(const std::string& message) {
  State& state = *m_state;
  if (!state.lock.valid())
    return base::Error{.kind = base::ErrorKind::refused, .what = "a dry run changes nothing"};
  if (state.changes.empty()) return {};
  const std::string& root = state.disk.root();
  const Journal journal = journal_for(state.changes, git_step_for(root), message);
  VMCRED_TRY(check_git(root, journal.git));
  const Changes changes = not_in_place(state.disk, state.changes);
  state.changes.clear();
  if (changes.empty()) return run_git_step(root, journal);
  VMCRED_TRY(check_destinations(state.disk, changes));
  VMCRED_TRY(record(state.disk, changes, journal));
  VMCRED_TRY(apply_recorded(state.disk));
  return tell_git_of_applied(state.disk);
}

base::Result<void> remove_if_there(Transaction& transaction, const std::string& path) {
  return transaction.view().exists(path) ? transaction.remove(path) : base::Result<void>();
}

base::Result<void> recover(const std::string& root) {
  VMCRED_TRY_ASSIGN(const View disk, View::open(root));
  const Leftovers found = leftovers_in(disk);
  if (found == Leftovers::none) return {};
  if (found == Leftovers::recorded) {
    VMCRED_TRY_ASSIGN(const base::UniqueFd lock, lock_repository(root));
    if (leftovers_in(disk) == Leftovers::recorded) VMCRED_TRY(apply_recorded(disk));
  }
  // The rest is no reader's business: what it finds is whole. It is done where nothing hinders it.
  const auto lock = try_lock_repository(root);
  if (lock && *lock) static_cast<void>(finish_leftovers(disk).has_value());
  return {};
}

}  // namespace vmcred::store
