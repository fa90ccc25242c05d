// SPDX-License-Identifier: Apache-2.0
#include "provider/program.h"

#include <sys/signalfd.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>

#include "base/text.h"
#include "command/arguments.h"
#include "command/exit_code.h"
#include "command/output.h"
#include "provider/listener.h"
#include "provider/server.h"
#include "secret/process_protection.h"
#include "systemd/notify.h"

namespace vmcred::provider {
namespace {

using base::Result;
using base::UniqueFd;

constexpr std::string_view k_program_name = "vmcred-provider";
constexpr command::Streams k_streams = {.out = STDOUT_FILENO, .error = STDERR_FILENO};

constexpr command::Option k_options[] = {
    {"--config", "FILE", "read this config (default: /etc/vmcred/vmcred.toml)"},
    {"--help", "", "show this text", "-h"},
    {"--version", "", "show the version"},
};

constexpr std::string_view k_help =
    "Usage: vmcred-provider [--config FILE]\n"
    "\n"
    "Gives the units of VMs their secrets from the store, as LoadCredential= asks for them. Started by\n"
    "vmcred-provider.socket.\n"
    "\n"
    "Options:\n"
    "  --config FILE  read this config (default: /etc/vmcred/vmcred.toml)\n"
    "  -h, --help     show this text\n"
    "  --version      show the version\n";

// The first of the folders that systemd made ("a:b"), or "".
std::string folder_of(const char* name) {
  const char* value = std::getenv(name);
  const std::string_view text = value == nullptr ? "" : value;
  return std::string(text.substr(0, text.find(':')));
}

// Readable when somebody asks us to end.
Result<UniqueFd> stop_requests() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  if (::sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) return base::errno_error("block signals");
  UniqueFd stop(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!stop.valid()) return base::errno_error("wait for signals");
  return stop;
}

Result<void> serve(const std::string& config) {
  VMCRED_TRY(secret::protect_process());
  VMCRED_TRY_ASSIGN(UniqueFd listener, take_listener());
  VMCRED_TRY_ASSIGN(const UniqueFd stop, stop_requests());
  Guard guard;
  VMCRED_TRY(guard.start());  // before there is anything in memory
  const systemd::Journal journal(k_program_name);
  Reasons reasons(folder_of("RUNTIME_DIRECTORY"));
  Record record(journal, reasons);
  Vault vault(config, folder_of("CREDENTIALS_DIRECTORY"));
  Server server(std::move(listener), vault, record, guard);
  VMCRED_TRY(systemd::notify("READY=1"));
  VMCRED_TRY(server.run(stop.get()));
  VMCRED_TRY(systemd::notify("STOPPING=1"));
  return {};
}

Result<void> run_with(const command::Arguments& arguments) {
  if (arguments.has("--help")) return command::print(k_streams, k_help);
  if (arguments.has("--version"))
    return command::print(k_streams, base::concat(k_program_name, " " VMCRED_VERSION "\n"));
  return serve(arguments.value("--config").value_or("/etc/vmcred/vmcred.toml"));
}

}  // namespace

int run(std::span<const std::string_view> words) {
  const auto arguments = command::Arguments::parse(words, k_options, "");
  const auto done = arguments ? run_with(*arguments) : Result<void>(arguments.error());
  if (done) return static_cast<int>(command::ExitCode::ok);
  command::print_error(k_program_name, k_streams, done.error());
  return static_cast<int>(command::exit_code_for(done.error().kind));
}

}  // namespace vmcred::provider
