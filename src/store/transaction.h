// SPDX-License-Identifier: Apache-2.0
// Many files changed as one. Everything is staged in a folder of its own; commit() makes the list of changes
// durable in one rename, and only then touches the real files. Killed before that moment, nothing has
// changed; killed after it, whoever opens the next transaction (or calls recover()) finishes the work.
// docs/formats/journal.md has the form.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "store/view.h"

namespace vmcred::store {

class Transaction {
 public:
  // Takes the repository's lock (waiting for another process, with a word on stderr after a second), finishes
  // what a killed process left behind, and starts empty. `root` is the folder that holds "vars/".
  static base::Result<Transaction> begin(const std::string& root);
  // For a dry run: stages as any other, but takes no lock, waits for nobody, and can't be committed. Another
  // process may change what it sees.
  static base::Result<Transaction> preview(const std::string& root);
  Transaction(Transaction&&) noexcept;
  Transaction& operator=(Transaction&&) noexcept;
  // Without a commit: as if it had never been.
  ~Transaction();

  // Stages. Paths are relative to the root; folders come and go as needed. The last word on a path counts.
  base::Result<void> write_file(const std::string& path, std::string_view contents, unsigned mode = 0644);
  base::Result<void> write_link(const std::string& path, const std::string& target);
  base::Result<void> remove(const std::string& path);
  // All files and links below a folder. Absence is fine, as it is for remove().
  base::Result<void> remove_all(const std::string& folder);

  // What a reader would see at `path` after the commit: staged, else on disk; nothing if absent.
  base::Result<std::optional<std::string>> read_file(const std::string& path) const;

  // The same for links and folders. Valid as long as the transaction.
  const View& view() const;

  bool empty() const;

  // All of it, durably, then one git commit of exactly these paths where the root is in a git work tree (not
  // with $CLAN_NO_COMMIT; then they are only made known to git). Files that already are as staged are left
  // alone. An error says whether nothing has changed; whether the change is recorded, and the next command
  // finishes it; or whether the files are in place, but not committed to git yet, which the next command that
  // writes does first.
  base::Result<void> commit(const std::string& message);

 private:
  struct State;
  explicit Transaction(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

// Stages the removal of what is at `path`, and nothing where nothing is.
base::Result<void> remove_if_there(Transaction& transaction, const std::string& path);

// Finishes what a killed process left in `root`. Cheap where there is nothing. Called by every command that
// reads.
base::Result<void> recover(const std::string& root);

}  // namespace vmcred::store
