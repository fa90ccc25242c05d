// SPDX-License-Identifier: Apache-2.0
#include "guest/report_line.h"

#include <ctime>

#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "command/output.h"
#include "credential/name.h"
#include "guest/check.h"

namespace vmcred::guest {
namespace {

using base::Result;

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
  const auto output = base::output_of({"systemctl", "--version"});
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
  const std::string systemd =
      version.empty() ? "" : base::concat(",\"systemd\":", command::json_string(version));
  return base::concat("{\"vmcred\":1,\"manifest\":", command::json_string(manifest), ",", check_json(check),
                      systemd, ",\"uptime_seconds\":", uptime(), "}\n");
}

}  // namespace

Result<Report> make_report(const CredentialDirectory& directory) {
  VMCRED_TRY_ASSIGN(const bool announced, has_manifest(directory));
  auto check = check_directory(directory);
  if (!check) {
    VMCRED_TRY_ASSIGN(const Check fallback, unannounced(directory));
    return Report{.line = report_line(fallback, announced ? "damaged" : "missing"),
                  .failure = std::move(check).error()};
  }
  Report report{.line = report_line(*check, "ok"), .failure = std::nullopt};
  if (!check->passed()) report.failure = check_error(*check);
  return report;
}

}  // namespace vmcred::guest
