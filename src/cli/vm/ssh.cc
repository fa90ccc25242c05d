// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>

#include "base/process.h"
#include "base/text.h"
#include "cli/vm/commands.h"
#include "cli/vm/running_vm.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;

constexpr int k_ssh_port = 22;

// A word for the shell that ssh has the command run by; ssh itself replaces what follows a '%'.
std::string proxy_word(std::string_view word) {
  std::string quoted = "'";
  for (const char c : word) {
    if (c == '%') quoted += '%';
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return quoted + "'";
}

Result<std::string> proxy_command(const RunningVm& vm, const command::Arguments& arguments) {
  std::error_code failure;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", failure);
  if (failure) return base::errno_error("/proc/self/exe", failure.value());
  std::string command =
      concat("ProxyCommand=", proxy_word(program.string()), " vm connect ", vm.vm.name, " ", k_ssh_port);
  if (const auto config = arguments.value("--config")) command += concat(" --config ", proxy_word(*config));
  return command;
}

// Somebody who names a user gets that one; otherwise it is root, who is there in every guest.
bool names_user(std::span<const std::string> words) {
  return std::ranges::any_of(words, [](const std::string& word) { return word.starts_with("-l"); });
}

}  // namespace

// The way to the guest can't be taken by anybody else, so its key, which a guest without a disk makes anew at
// each start, need not be known.
Result<void> run_vm_ssh(const command::Arguments& arguments, const command::Streams&) {
  VMCRED_TRY_ASSIGN(const RunningVm vm, running_vm(arguments));
  const std::string program = base::find_on_path("ssh");
  if (program.empty())
    return base::Error{.kind = base::ErrorKind::host,
                       .what = "ssh is not installed",
                       .hint = "install it: apt install openssh-client"};
  VMCRED_TRY_ASSIGN(std::string proxy, proxy_command(vm, arguments));
  std::vector<std::string> words = {"ssh",
                                    "-o",
                                    std::move(proxy),
                                    "-o",
                                    "StrictHostKeyChecking=no",
                                    "-o",
                                    "UserKnownHostsFile=/dev/null",
                                    "-o",
                                    "LogLevel=ERROR"};
  const auto given = arguments.operands().subspan(1);
  if (!names_user(given)) words.insert(words.end(), {"-l", "root"});
  words.push_back(vm.vm.name);
  words.insert(words.end(), given.begin(), given.end());
  return base::become_program(program, words);
}

}  // namespace vmcred::cli
