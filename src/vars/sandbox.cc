// SPDX-License-Identifier: Apache-2.0
#include "vars/sandbox.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "vars/collect.h"
#include "vars/runtime_inputs.h"
#include "vars/workspace.h"

namespace vmcred::vars {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::quoted;
using base::Result;
using base::UniqueFd;

// With -e, but without pipefail: it would make 'tr … </dev/urandom | head -c 32' fail.
constexpr std::string_view k_shell_options = "-eu";
constexpr std::string_view k_first_words = "printf . >&3; exec 3>&-; umask 077; . /script";

// What programs expect of /etc.
struct EtcFile {
  const char* name;
  std::string_view text;
};
constexpr EtcFile k_etc_files[] = {
    {"passwd", "root:x:0:0::/:/bin/sh\ngenerator:x:1000:1000::/tmp:/bin/sh\n"},
    {"group", "root:x:0:\ngenerator:x:1000:\n"},
    {"hosts", "127.0.0.1 localhost\n::1 localhost\n"},
};
// Public parts only: /etc/ssl/private stays out.
constexpr const char* k_etc_of_host[] = {
    "/etc/ld.so.cache",   "/etc/alternatives",        "/etc/ssl/certs", "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/certs", "/etc/pki/tls/openssl.cnf", "/etc/static/ssl"};

void add(std::vector<std::string>& command, std::initializer_list<std::string_view> words) {
  command.insert(command.end(), words.begin(), words.end());
}

void add_workspace(std::vector<std::string>& command, std::string_view option, std::string_view name) {
  add(command, {option, concat(k_workspace_path, "/", name), concat("/", name)});
}

std::vector<std::string> sandbox_command(const std::string& bwrap, const ProgramFolders& programs) {
  std::vector<std::string> command = {bwrap};
  add(command, {"--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"});
  add(command, {"--uid", "1000", "--gid", "1000", "--hostname", "generator"});
  for (const char* folder : system_folders()) add(command, {"--ro-bind-try", folder, folder});
  for (const char* path : k_etc_of_host) add(command, {"--ro-bind-try", path, path});
  for (const EtcFile& file : k_etc_files)
    add(command, {"--ro-bind", concat(k_workspace_path, "/etc/", file.name), concat("/etc/", file.name)});
  add(command, {"--proc", "/proc", "--dev", "/dev"});
  add_workspace(command, "--bind", "tmp");
  for (const std::string& folder : programs.bound) add(command, {"--ro-bind", folder, folder});
  add_workspace(command, "--bind", "out");
  for (const char* name : {"in", "prompts", "script"}) add_workspace(command, "--ro-bind", name);
  add(command, {"--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"});
  for (const char* name : {"in", "prompts", "out"}) add(command, {"--setenv", name, concat("/", name)});
  add(command,
      {"--setenv", "PATH", programs.path, "--setenv", "HOME", "/tmp", "--setenv", "LANG", "C.UTF-8"});
  add(command, {"--", "bash", k_shell_options, "-c", k_first_words});
  return command;
}

Result<UniqueFd> make_folder(int parent, const std::string& name) {
  if (::mkdirat(parent, name.c_str(), 0700) != 0) return base::errno_error(name);
  return base::open_beneath(parent, name, O_RDONLY | O_DIRECTORY);
}

Result<void> write_file(int folder, const std::string& name, std::span<const std::byte> bytes) {
  VMCRED_TRY_ASSIGN(const UniqueFd file, base::open_beneath(folder, name, O_WRONLY | O_CREAT | O_EXCL, 0600));
  return base::write_all(file.get(), bytes, name);
}

Result<void> write_files(int folder, std::span<const NamedBytes> files) {
  for (const NamedBytes& file : files) VMCRED_TRY(write_file(folder, file.name, file.bytes));
  return {};
}

Result<void> write_etc(int root) {
  VMCRED_TRY_ASSIGN(const UniqueFd etc, make_folder(root, "etc"));
  for (const EtcFile& file : k_etc_files)
    VMCRED_TRY(write_file(etc.get(), file.name, std::as_bytes(std::span(file.text))));
  return {};
}

// Gives the folder of what the script leaves.
Result<UniqueFd> fill(int root, const ScriptJob& job) {
  VMCRED_TRY(write_etc(root));
  VMCRED_TRY(write_file(root, "script", std::as_bytes(std::span(job.script))));
  VMCRED_TRY_ASSIGN(const UniqueFd tmp, make_folder(root, "tmp"));
  VMCRED_TRY_ASSIGN(const UniqueFd in, make_folder(root, "in"));
  for (const ScriptInput& input : job.inputs) {
    VMCRED_TRY_ASSIGN(const UniqueFd folder, make_folder(in.get(), input.generator));
    VMCRED_TRY(write_files(folder.get(), input.files));
  }
  VMCRED_TRY_ASSIGN(const UniqueFd prompts, make_folder(root, "prompts"));
  VMCRED_TRY(write_files(prompts.get(), job.prompts));
  VMCRED_TRY_ASSIGN(UniqueFd out, make_folder(root, "out"));
  VMCRED_TRY(write_files(out.get(), job.made));
  return out;
}

Error not_available(std::string_view last_line) {
  return {.kind = ErrorKind::host,
          .what = concat("sandbox not available", last_line.empty() ? "" : ": ", last_line),
          .hint = "bubblewrap must be able to start: see what 'bwrap --unshare-all --ro-bind / / true' says"};
}

Result<void> judge(int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  Error error{.kind = ErrorKind::credential, .what = "the script "};
  // bash tells of a command that a signal ended as 128 and its number.
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  error.what += code > 128 && code < 128 + 65 ? concat("ended by signal ", code - 128)
                                              : concat("failed with exit code ", code);
  if (code == 127) error.hint = "a program that it calls was not found: add it to 'runtime_inputs'";
  return error;
}

}  // namespace

Result<ScriptResult> run_script(const ScriptJob& job, const std::function<void(std::string_view)>& line) {
  const std::string bwrap = base::find_on_path("bwrap");
  if (bwrap.empty())
    return Error{.kind = ErrorKind::host,
                 .what = "no program 'bwrap' in $PATH, which generator scripts run in",
                 .hint = "install bubblewrap: apt install bubblewrap"};
  VMCRED_TRY_ASSIGN(const ProgramFolders programs, find_program_folders(job.runtime_inputs));
  VMCRED_TRY_ASSIGN(Workspace workspace, Workspace::make(sandbox_command(bwrap, programs)));
  VMCRED_TRY_ASSIGN(const UniqueFd out, fill(workspace.directory(), job));
  std::string last_line;
  const auto keep_last = [&](std::string_view text) {
    last_line = text;
    line(text);
  };
  auto ending = workspace.run(job.time_limit, keep_last);
  if (!ending) return std::move(ending).error().in("the script");
  if (!ending->started) return not_available(last_line);
  VMCRED_TRY(judge(ending->status));
  return collect(out.get(), job.expected, job.may_be_empty);
}

}  // namespace vmcred::vars
