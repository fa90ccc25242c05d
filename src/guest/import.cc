// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "command/output.h"
#include "guest/commands.h"
#include "guest/directory.h"
#include "guest/sources.h"
#include "guest/target.h"

namespace vmcred::guest {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

// systemd's own mark of being PID 1.
constexpr const char* k_systemd_mark = "/run/systemd/system";

std::string as_json(const std::string& directory, const Collected& collected) {
  std::vector<std::string> items;
  for (const auto& [name, value] : collected.credentials)
    items.push_back(
        base::concat("{\"name\":", command::json_string(name.text()), ",\"size\":", value.size(), "}"));
  return base::concat("{\"directory\":", command::json_string(directory), ",\"credentials\":[",
                      base::join(items, ","), "],\"skipped\":", collected.skipped, "}\n");
}

std::string as_text(const std::string& directory, const Collected& collected) {
  if (collected.credentials.empty()) return "(no credentials found)\n";
  std::string text;
  for (const auto& [name, value] : collected.credentials)
    text += base::concat(name.text(), "  ", base::byte_count(value.size()), "\n");
  return base::concat(text, base::counted(collected.credentials.size(), "credential"), " in ", directory,
                      "\n");
}

Result<void> require_all(const Collected& collected) {
  if (collected.skipped > 0)
    return Error{.kind = ErrorKind::credential,
                 .what = base::concat(base::counted(collected.skipped, "item"), " had to be skipped")};
  if (collected.credentials.empty())
    return Error{
        .kind = ErrorKind::credential,
        .what = "no credential reached this guest",
        .hint = "'vmcred vm show' on the host tells by which way they go; this kernel may lack its driver"};
  return {};
}

}  // namespace

Result<void> run_import(const command::Arguments& arguments, const command::Streams& streams) {
  const std::string directory = arguments.value("--directory").value_or(std::string(k_system_directory));
  if (directory == k_system_directory && base::path_exists(k_systemd_mark))
    return Error{.kind = ErrorKind::refused,
                 .what = base::concat("systemd is PID 1 here and keeps ", directory, " itself"),
                 .hint = "'vmcred-guest list' shows what it imported"};

  VMCRED_TRY_ASSIGN(Collected collected,
                    collect_credentials(arguments.value("--sysfs").value_or("/sys"), streams));
  std::ranges::sort(collected.credentials, {}, &credential::Credential::name);
  if (!collected.credentials.empty()) {
    const auto placement = arguments.has("--no-mount") ? Placement::as_directory : Placement::mount;
    VMCRED_TRY(place_credentials(directory, collected.credentials, placement));
  }
  VMCRED_TRY(command::print(
      streams, arguments.has("--json") ? as_json(directory, collected) : as_text(directory, collected)));
  return arguments.has("--require") ? require_all(collected) : Result<void>();
}

}  // namespace vmcred::guest
