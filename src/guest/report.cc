// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include "base/file.h"
#include "base/text.h"
#include "guest/commands.h"
#include "guest/deadline.h"
#include "guest/directory.h"
#include "guest/port.h"
#include "guest/report_line.h"

namespace vmcred::guest {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr std::chrono::seconds k_report_timeout{30};

// Starts a line of its own between whatever else is written to the console.
Result<void> write_to_console(std::string_view line) {
  constexpr std::string_view k_console = "/dev/console";
  VMCRED_TRY_ASSIGN(const auto fd, base::open_file(std::string(k_console), O_WRONLY | O_NOCTTY));
  const std::string text = base::concat("\n", line);
  return base::write_all(fd.get(), std::as_bytes(std::span(text)), k_console);
}

}  // namespace

Result<void> run_report(const command::Arguments& arguments, const command::Streams&) {
  VMCRED_TRY_ASSIGN(const auto timeout, timeout_of(arguments, k_report_timeout));
  const bool to_console = arguments.has("--console");
  if (to_console && arguments.has("--port"))
    return Error{.kind = ErrorKind::usage, .what = "--console and --port exclude each other"};
  VMCRED_TRY_ASSIGN(const auto directory, CredentialDirectory::open(arguments));

  VMCRED_TRY_ASSIGN(Report report, make_report(directory));
  if (to_console) {
    VMCRED_TRY(write_to_console(report.line));
  } else {
    const std::string port = arguments.value("--port").value_or(std::string(k_report_port));
    VMCRED_TRY(write_to_port(PortPlaces(), port, report.line, timeout));
  }
  if (report.failure) return *std::move(report.failure);
  return {};
}

}  // namespace vmcred::guest
