// SPDX-License-Identifier: Apache-2.0
#include "store/git.h"

#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <set>
#include <string_view>

#include "base/process.h"
#include "base/text.h"
#include "store/checkpoint.h"
#include "store/repository_lock.h"
#include "store/view.h"

namespace vmcred::store {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using Paths = std::vector<std::string>;

// Of git's own variables those that say who commits and how git is set up; not those that a hook or another
// git points at its own repository and index with.
bool is_for_git(std::string_view variable) {
  constexpr std::string_view kept[] = {"GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_CONFIG_", "GIT_EXEC_PATH="};
  return !variable.starts_with("GIT_") ||
         std::ranges::any_of(kept, [&](std::string_view prefix) { return variable.starts_with(prefix); });
}

std::vector<std::string> git_environment() {
  std::vector<std::string> variables = {"GIT_TERMINAL_PROMPT=0", "LC_ALL=C"};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    if (is_for_git(text) && !text.starts_with("LC_ALL=")) variables.emplace_back(text);
  }
  return variables;
}

std::string joined(const Paths& paths) {
  std::string text;
  for (const auto& path : paths) (text += path) += '\0';
  return text;
}

Paths split(std::string_view text) {
  Paths paths;
  for (std::size_t end = text.find('\0'); end != std::string_view::npos; end = text.find('\0')) {
    paths.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return paths;
}

std::string first_line(std::string_view text) {
  const auto start = text.find_first_not_of('\n');
  if (start == std::string_view::npos) return "it does not say why";
  text.remove_prefix(start);
  return std::string(text.substr(0, text.find('\n')));
}

// The output of `git -C root words…`. `expected`: an exit code that is fine besides 0.
base::Result<std::string> git(const std::string& root, std::vector<std::string> words,
                              const std::string& input = {}, int expected = 0) {
  const std::string verb = words.front() == "--literal-pathspecs" ? words[1] : words.front();
  words.insert(words.begin(), {"git", "-c", "core.hooksPath=/dev/null", "-C", root});
  VMCRED_TRY_ASSIGN(
      auto outcome,
      base::run_program({.words = std::move(words), .input = input, .environment = git_environment()}));
  if (outcome.exit_code != 0 && outcome.exit_code != expected)
    return Error{.kind = ErrorKind::host,
                 .what = concat("'git ", verb, "' failed in ", root, ": ", first_line(outcome.errors))};
  return std::move(outcome.output);
}

// As above, for verbs that take patterns: paths are no patterns.
base::Result<std::string> git_literally(const std::string& root, std::vector<std::string> words,
                                        const Paths& paths) {
  words.insert(words.begin(), "--literal-pathspecs");
  words.insert(words.end(), {"--pathspec-from-file=-", "--pathspec-file-nul"});
  return git(root, std::move(words), joined(paths));
}

// Without those that git is told to ignore, unless it knows them already.
base::Result<Paths> without_ignored(const std::string& root, const Paths& paths) {
  VMCRED_TRY_ASSIGN(const std::string output, git(root, {"check-ignore", "-z", "--stdin"}, joined(paths), 1));
  const Paths found = split(output);
  const std::set<std::string_view> ignored(found.begin(), found.end());
  Paths left;
  std::ranges::copy_if(paths, std::back_inserter(left),
                       [&](const auto& path) { return !ignored.contains(path); });
  return left;
}

// Those that differ between index and last commit.
base::Result<Paths> changed(const std::string& root, const Paths& paths) {
  VMCRED_TRY_ASSIGN(const std::string output, git(root, {"diff", "--cached", "--name-only", "-z",
                                                         "--no-renames", "--no-ext-diff", "--relative"}));
  const Paths found = split(output);
  const std::set<std::string_view> staged(found.begin(), found.end());
  Paths both;
  std::ranges::copy_if(paths, std::back_inserter(both),
                       [&](const auto& path) { return staged.contains(path); });
  return both;
}

base::Result<void> commit(const std::string& root, const Paths& paths, const std::string& message) {
  checkpoint("git add");
  VMCRED_TRY(git(root, {"update-index", "--add", "--remove", "--replace", "-z", "--stdin"}, joined(paths)));
  VMCRED_TRY_ASSIGN(const Paths to_commit, changed(root, paths));
  if (to_commit.empty()) return {};
  checkpoint("git commit");
  VMCRED_TRY(git_literally(root, {"commit", "--quiet", "--message", message}, to_commit));
  return {};
}

base::Result<void> intend_to_add(const std::string& root, const Paths& written) {
  VMCRED_TRY_ASSIGN(const View disk, View::open(root));
  Paths present;
  std::ranges::copy_if(written, std::back_inserter(present),
                       [&](const auto& path) { return disk.exists(path); });
  if (present.empty()) return {};
  checkpoint("git add");
  VMCRED_TRY(git_literally(root, {"add", "--intent-to-add"}, present));
  return {};
}

}  // namespace

GitStep git_step_for(const std::string& root) {
  if (!git_directory_of(root)) return GitStep::none;
  const char* no_commit = std::getenv("CLAN_NO_COMMIT");
  return no_commit != nullptr && *no_commit != '\0' ? GitStep::intent_to_add : GitStep::commit;
}

base::Result<void> check_git(const std::string& root, GitStep step) {
  if (step == GitStep::none) return {};
  if (auto usable = git(root, {"rev-parse", "--git-dir"}); !usable)
    return std::move(usable).error().with_hint(
        concat("where it belongs to someone else: git config --global --add safe.directory ", root));
  if (step != GitStep::commit) return {};
  for (const char* who : {"GIT_COMMITTER_IDENT", "GIT_AUTHOR_IDENT"})
    if (auto found = git(root, {"var", who}); !found)
      return std::move(found).error().with_hint(
          "'git config user.name NAME' and 'git config user.email ADDRESS' say who commits; with "
          "CLAN_NO_COMMIT=1 in the environment vmcred does not commit");
  return {};
}

base::Result<void> run_git_step(const std::string& root, const Journal& journal) {
  if (journal.git == GitStep::none || (journal.written.empty() && journal.removed.empty())) return {};
  VMCRED_TRY_ASSIGN(Paths paths, without_ignored(root, journal.written));
  if (journal.git == GitStep::intent_to_add) return intend_to_add(root, paths);
  paths.insert(paths.end(), journal.removed.begin(), journal.removed.end());
  std::ranges::sort(paths);
  return commit(root, paths, journal.message);
}

}  // namespace vmcred::store
