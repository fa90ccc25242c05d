// SPDX-License-Identifier: Apache-2.0
// For tests: a folder tree as one value, and work that is killed at each of its steps.
#pragma once

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "base/process.h"
#include "store/checkpoint.h"
#include "support/child.h"
#include "support/temporary_directory.h"

namespace vmcred::test_support {

// Where syncing costs nothing. What a killed process leaves is the same as on a disk.
inline const std::string k_memory = "/dev/shm";

// Contents of files and "-> target" of links by path; git's own folder is left out.
inline std::map<std::string, std::string> snapshot(const std::string& root) {
  namespace fs = std::filesystem;
  std::map<std::string, std::string> found;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::recursive_directory_iterator(); ++it) {
    const std::string path = it->path().lexically_relative(root);
    if (path == ".git")
      it.disable_recursion_pending();
    else if (it->is_symlink())
      found[path] = "-> " + fs::read_symlink(it->path()).string();
    else if (it->is_regular_file())
      found[path] = read_file(it->path());
    else if (it->is_directory() && fs::is_empty(it->path()))
      found[path] = "empty folder";
  }
  return found;
}

inline int g_steps_left = 0;

// Runs `work` in a child that kills itself before its step number `step` (from 1). True if it lived to its
// end, that is, if it has fewer steps.
inline bool survives_kill_at(int step, const std::function<void()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    g_steps_left = step;
    store::g_checkpoint_hook = [](const char*) {
      if (--g_steps_left == 0) ::kill(::getpid(), SIGKILL);
    };
    work();
    ::_exit(0);
  }
  const int status = wait_for(child);
  EXPECT_TRUE((WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
              (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL))
      << status;
  return WIFEXITED(status);
}

// The output of a git command below `root`; the test fails where git does.
inline std::string git(const std::string& root, std::vector<std::string> words) {
  words.insert(words.begin(),
               {"git", "-C", root, "-c", "user.name=Test", "-c", "user.email=test@example.org"});
  const auto outcome = base::run_program({.words = words});
  EXPECT_TRUE(outcome && outcome->exit_code == 0) << (outcome ? outcome->errors : outcome.error().what);
  return outcome ? outcome->output : "";
}

inline void make_git_repository(const std::string& root) {
  git(root, {"init", "--quiet", "--initial-branch=main"});
  git(root, {"config", "user.name", "Test"});
  git(root, {"config", "user.email", "test@example.org"});
}

}  // namespace vmcred::test_support
