// SPDX-License-Identifier: Apache-2.0
// What a reader finds in a repository: what is on disk, with a transaction's staged changes, if any, on top.
// All functions may be called by several threads, as long as nothing is staged meanwhile.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::store {

// One staged change. A link's contents are its target.
struct Change {
  enum class Kind { file, link, removal };
  Kind kind;
  std::string contents;
  unsigned mode;
};

// By path below the root.
using Changes = std::map<std::string, Change, std::less<>>;

inline constexpr std::size_t k_max_file_bytes = 64UL * 1024 * 1024;

class View {
 public:
  // `changes` may be null, and must outlive the view.
  static base::Result<View> open(const std::string& root, const Changes* changes = nullptr);

  bool has_file(std::string_view path) const;

  // Absent: nothing. Neither follows a link at the end of `path`.
  base::Result<std::optional<std::string>> read_file(std::string_view path) const;
  std::optional<std::string> read_link(std::string_view path) const;

  // What is in a folder, sorted; nothing where it is absent. A folder that only removals would empty is still
  // named.
  base::Result<std::vector<std::string>> names(std::string_view folder) const;

  // All files and links below a folder, sorted, as paths below the root.
  base::Result<std::vector<std::string>> leaves(std::string_view folder) const;

  // Does anything but a removal lie at or below `path`?
  bool exists(std::string_view path) const;

  const std::string& root() const { return *m_root; }
  int root_fd() const { return m_fd->get(); }

 private:
  View(std::string root, base::UniqueFd fd, const Changes* changes);
  const Change* change_at(std::string_view path) const;
  bool is_folder(std::string_view path) const;
  base::Result<void> add_leaves(const std::string& folder, std::vector<std::string>& found) const;

  std::shared_ptr<const std::string> m_root;
  std::shared_ptr<const base::UniqueFd> m_fd;
  const Changes* m_changes;
};

}  // namespace vmcred::store
