// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <charconv>
#include <ctime>

#include "base/file.h"
#include "base/text.h"
#include "credential/name.h"
#include "guest/check.h"
#include "guest/command.h"
#include "guest/output.h"
#include "guest/port.h"
#include "guest/process.h"

namespace vmcred::guest {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr std::chrono::seconds k_default_timeout{30};
constexpr int k_max_timeout_seconds = 24 * 60 * 60;

Result<std::chrono::seconds> timeout_of(const Arguments& arguments) {
  const auto text = arguments.value("--timeout");
  if (!text) return k_default_timeout;
  int seconds = -1;
  const char* end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, seconds);
  if (error != std::errc() || rest != end || seconds < 0 || seconds > k_max_timeout_seconds)
    return Error{.kind = ErrorKind::usage,
                 .what = base::concat("--timeout takes whole seconds, at most ", k_max_timeout_seconds)};
  return std::chrono::seconds(seconds);
}

// Seconds since the kernel started, to the millisecond.
std::string uptime() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  constexpr long k_nanoseconds_per_millisecond = 1'000'000;
  std::string milliseconds = std::to_string(now.tv_nsec / k_nanoseconds_per_millisecond);
  milliseconds.insert(0, 3 - milliseconds.size(), '0');
  return base::concat(now.tv_sec, ".", milliseconds);
}

// The second word of "systemd 252 (252.39-1~deb12u1)…", or "" where systemd does not run.
std::string systemd_version() {
  if (!base::path_exists("/run/systemd/system")) return "";
  const auto output = output_of({"systemctl", "--version"});
  if (!output || !output->starts_with("systemd ")) return "";
  const std::string_view version = std::string_view(*output).substr(std::string_view("systemd ").size());
  return std::string(version.substr(0, version.find_first_of(" \n")));
}

// What a guest without a readable manifest can still say: which credentials are there.
Result<Check> unannounced(const CredentialDirectory& directory) {
  Check check;
  VMCRED_TRY_ASSIGN(check.undeclared, directory.list());
  std::erase_if(check.undeclared,
                [](const StoredCredential& stored) { return stored.name == credential::k_manifest_name; });
  return check;
}

std::string report_line(const Check& check, std::string_view manifest) {
  const std::string version = systemd_version();
  const std::string systemd = version.empty() ? "" : base::concat(",\"systemd\":", json_string(version));
  return base::concat("{\"vmcred\":1,\"manifest\":", json_string(manifest), ",", check_json(check), systemd,
                      ",\"uptime_seconds\":", uptime(), "}\n");
}

// Starts a line of its own between whatever else is written to the console.
Result<void> write_to_console(std::string_view line) {
  constexpr std::string_view k_console = "/dev/console";
  VMCRED_TRY_ASSIGN(const auto fd, base::open_file(std::string(k_console), O_WRONLY | O_NOCTTY));
  const std::string text = base::concat("\n", line);
  return base::write_all(fd.get(), std::as_bytes(std::span(text)), k_console);
}

}  // namespace

Result<void> run_report(const Arguments& arguments, const Streams&) {
  VMCRED_TRY_ASSIGN(const auto timeout, timeout_of(arguments));
  const bool to_console = arguments.has("--console");
  if (to_console && arguments.has("--port"))
    return Error{.kind = ErrorKind::usage, .what = "--console and --port exclude each other"};
  VMCRED_TRY_ASSIGN(const auto directory, CredentialDirectory::open(arguments));

  // The host is told in any case: silence would look like a guest that hangs.
  VMCRED_TRY_ASSIGN(const bool announced, has_manifest(directory));
  auto check = check_directory(directory);
  std::string line;
  if (check) {
    line = report_line(*check, "ok");
  } else {
    VMCRED_TRY_ASSIGN(const Check fallback, unannounced(directory));
    line = report_line(fallback, announced ? "damaged" : "missing");
  }

  if (to_console) {
    VMCRED_TRY(write_to_console(line));
  } else {
    const std::string port = arguments.value("--port").value_or(std::string(k_report_port));
    VMCRED_TRY(write_to_port(PortPlaces(), port, line, timeout));
  }
  if (!check) return std::move(check).error();
  if (!check->passed()) return check_error(*check);
  return {};
}

}  // namespace vmcred::guest
