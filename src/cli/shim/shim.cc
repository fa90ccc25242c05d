// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/loaded_line.h"
#include "cli/shim/commands.h"
#include "cli/shim/real_program.h"
#include "cli/shim/unit_set.h"
#include "cli/vm/plan_text.h"
#include "command/output.h"
#include "runner/host/hardening.h"
#include "runner/launch.h"
#include "secret/read.h"
#include "shim/dialect.h"
#include "shim/inherited.h"
#include "shim/rewrite.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using command::Arguments;
using command::Streams;
using Words = std::span<const std::string>;

constexpr std::size_t k_max_config_bytes = 1024UL * 1024;

bool is_dry_run(const Arguments& arguments) { return arguments.has("--dry-run"); }

// All that is left to do for words that start no VM: questions, and commands for one that runs.
Result<void> pass_on(const std::string& program, const Arguments& arguments, const Streams& streams) {
  if (is_dry_run(arguments))
    return command::print(streams, concat("this starts no VM: ", program, " gets it as it is\n"));
  std::vector<std::string> words(arguments.operands().begin(), arguments.operands().end());
  words.front() = program;
  mark_environment();
  return base::become_program(program, words);
}

Result<std::string> find_program(const Arguments& arguments, const shim::Dialect& dialect) {
  auto program = find_real_program(arguments.value("--program"), dialect.program);
  if (!program && is_dry_run(arguments)) return std::string(dialect.program);
  return program;
}

// Those that the words name, and no other, are the hypervisor's.
void keep_descriptors(Words words) {
  for (const int fd : shim::named_descriptors(words)) {
    const int flags = ::fcntl(fd, F_GETFD);
    if (flags >= 0) static_cast<void>(::fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC));
  }
}

Result<void> harden(Words words) {
  const bool has_helper = shim::starts_bridge_helper(words);
  VMCRED_TRY(
      runner::harden_process(has_helper ? runner::NewPrivileges::of_helpers : runner::NewPrivileges::never));
  keep_descriptors(words);
  return {};
}

Result<void> check_swap(const Arguments& arguments) {
  config::VirtualMachine vm;
  vm.allow_swap = arguments.has("--allow-swap");
  auto checked = runner::check_swap(vm);
  if (checked) return {};
  Error error = std::move(checked).error();
  error.hint = "set MemorySwapMax=0 for the VM's unit, or pass --allow-swap if the swap is encrypted";
  return error;
}

Result<bool> wants_initrd(const Arguments& arguments) {
  const std::string transport = arguments.value("--transport").value_or("auto");
  if (transport == "auto" || transport == "initrd") return transport == "initrd";
  return Error{.kind = ErrorKind::usage,
               .what = concat("--transport must be auto or initrd, not ", base::quoted(transport))};
}

Result<std::string> read_config(const std::string& path) {
  return base::read_text_file(path, k_max_config_bytes);
}

Result<secret::SecretBuffer> read_secret(const std::string& path) {
  VMCRED_TRY_ASSIGN(const base::UniqueFd file, base::open_file(path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  return secret::read_secret_file(file.get(), credential::k_max_credential_bytes, path);
}

std::string loaded_lines(const credential::CredentialSet& set) {
  std::string text;
  for (const auto& credential : set) text += loaded_line(credential.name);
  return text;
}

// The address for notifications is no secret, and microvm.nix puts it there.
void warn_of_seen(const std::vector<shim::SeenCredential>& seen, const Streams& streams) {
  for (const auto& [name, place] : seen)
    if (name.text() != credential::k_notify_name)
      command::warn(k_program_name, streams,
                    concat(name.text(), " was on the command line of the shim (", place,
                           "), where every user could see it; put it into LoadCredential= instead"));
}

}  // namespace

// The order is that of runner/start.cc: nothing secret is touched before all else is known to be well.
Result<void> run_shim(const Arguments& arguments, const Streams& streams) {
  const Words words = arguments.operands().subspan(1);
  VMCRED_TRY_ASSIGN(const shim::Dialect* dialect, shim::find_dialect(arguments.operand()));
  VMCRED_TRY_ASSIGN(const bool always_initrd, wants_initrd(arguments));
  VMCRED_TRY_ASSIGN(const std::string program, find_program(arguments, *dialect));
  if (!shim::starts_a_vm(*dialect, words)) return pass_on(program, arguments, streams);
  if (dialect->hypervisor == config::Hypervisor::vfkit && !is_dry_run(arguments))
    return Error{.kind = ErrorKind::not_yet, .what = "vfkit needs macOS", .hint = "--dry-run shows the plan"};
  VMCRED_TRY(harden(words));
  if (!is_dry_run(arguments)) VMCRED_TRY(check_swap(arguments));

  VMCRED_TRY_ASSIGN(auto of_unit, read_unit_set(arguments));
  const std::string loaded = loaded_lines(of_unit);
  VMCRED_TRY_ASSIGN(auto rewritten, shim::rewrite({.dialect = *dialect,
                                                   .words = words,
                                                   .of_unit = std::move(of_unit),
                                                   .always_initrd = always_initrd,
                                                   .read_text = read_config,
                                                   .read_secret = read_secret}));
  if (!arguments.has("--quiet")) warn_of_seen(rewritten.seen, streams);
  runner::PreparedStart prepared;
  prepared.plan = std::move(rewritten.plan);
  prepared.set = std::move(rewritten.set);
  prepared.outlines = std::move(rewritten.outlines);
  prepared.guest_tells_when_ready = true;  // or whoever did so without us
  prepared.plan.program = program;
  prepared.plan.process_name = arguments.value("--process-name").value_or("");
  prepared.plan.environment = shim_environment();
  if (is_dry_run(arguments)) return command::print(streams, launch_as_text(prepared));
  if (!arguments.has("--quiet")) command::print_note(streams, loaded);
  return runner::start(prepared);
}

}  // namespace vmcred::cli
