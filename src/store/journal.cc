// SPDX-License-Identifier: Apache-2.0
#include "store/journal.h"

#include <optional>

#include "base/text.h"
#include "store/tree_path.h"

namespace vmcred::store {
namespace {

constexpr std::string_view k_first_line = "vmcred-journal 1";
constexpr std::string_view k_git_words[] = {"none", "commit", "intent-to-add"};  // in the order of GitStep

base::Error malformed_journal(std::string_view reason) {
  return {
      .kind = base::ErrorKind::refused,
      .what = base::concat("the journal's record is malformed: ", reason),
      .hint = "it was not written by this vmcred, or is damaged: look into .vmcred-journal, then remove it"};
}

// Takes lines off the front of a text.
class Lines {
 public:
  explicit Lines(std::string_view text) : m_rest(text) {}

  std::optional<std::string_view> next() {
    const auto end = m_rest.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = m_rest.substr(0, end);
    m_rest.remove_prefix(end + 1);
    return line;
  }

  // The next line behind this word and a tab.
  std::optional<std::string_view> next(std::string_view word) {
    const std::string_view before = m_rest;
    const auto line = next();
    if (line && line->size() > word.size() && line->starts_with(word) && (*line)[word.size()] == '\t')
      return line->substr(word.size() + 1);
    m_rest = before;
    return std::nullopt;
  }

  bool ended() const { return m_rest.empty(); }

 private:
  std::string_view m_rest;
};

base::Result<GitStep> parse_git_step(std::optional<std::string_view> word) {
  if (word)
    for (std::size_t i = 0; i < std::size(k_git_words); ++i)
      if (*word == k_git_words[i]) return static_cast<GitStep>(i);
  return malformed_journal("no step for git");
}

base::Result<std::vector<std::string>> parse_paths(Lines& lines, std::string_view word) {
  std::vector<std::string> paths;
  while (const auto path = lines.next(word)) {
    VMCRED_TRY(check_path(*path));
    if (!paths.empty() && paths.back() >= *path) return malformed_journal("paths are not in order");
    paths.emplace_back(*path);
  }
  return paths;
}

}  // namespace

std::string text_of(const Journal& journal) {
  std::string text = base::concat(k_first_line, "\ngit\t", k_git_words[static_cast<std::size_t>(journal.git)],
                                  "\nmessage\t", journal.message, "\n");
  for (const auto& path : journal.written) text += base::concat("write\t", path, "\n");
  for (const auto& path : journal.removed) text += base::concat("remove\t", path, "\n");
  return text + base::concat("end\t", journal.written.size() + journal.removed.size(), "\n");
}

base::Result<Journal> parse_journal(std::string_view text) {
  Lines lines(text);
  Journal journal;
  if (lines.next() != k_first_line) return malformed_journal("another version");
  VMCRED_TRY_ASSIGN(journal.git, parse_git_step(lines.next("git")));
  const auto message = lines.next("message");
  if (!message) return malformed_journal("no message");
  journal.message = *message;
  VMCRED_TRY_ASSIGN(journal.written, parse_paths(lines, "write"));
  VMCRED_TRY_ASSIGN(journal.removed, parse_paths(lines, "remove"));
  const std::string count = std::to_string(journal.written.size() + journal.removed.size());
  if (lines.next("end") != count || !lines.ended())
    return malformed_journal("it does not end where it should");
  return journal;
}

}  // namespace vmcred::store
