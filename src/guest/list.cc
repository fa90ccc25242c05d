// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "command/output.h"
#include "credential/name.h"
#include "guest/commands.h"
#include "guest/directory.h"

namespace vmcred::guest {
namespace {

using Stored = std::vector<StoredCredential>;

std::string as_json(const std::string& directory, const Stored& credentials, bool has_manifest) {
  std::vector<std::string> items;
  for (const auto& [name, size] : credentials)
    items.push_back(base::concat("{\"name\":", command::json_string(name), ",\"size\":", size, "}"));
  return base::concat("{\"directory\":", command::json_string(directory), ",\"credentials\":[",
                      base::join(items, ","), "],\"manifest\":", has_manifest ? "true" : "false", "}\n");
}

std::string as_text(const Stored& credentials, bool has_manifest) {
  std::size_t widest = 0;
  for (const auto& credential : credentials)
    widest = std::max(widest, command::shown_name(credential.name).size());
  std::string text;
  for (const auto& [name, size] : credentials) {
    const std::string shown = command::shown_name(name);
    text += base::concat(shown, std::string(widest - shown.size(), ' '), "  ", base::byte_count(size), "\n");
  }
  if (credentials.empty()) text += "(no credentials found)\n";
  if (has_manifest) text += "The host sent a manifest: 'vmcred-guest verify' compares with it.\n";
  return text;
}

}  // namespace

base::Result<void> run_list(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const auto directory, CredentialDirectory::open(arguments));
  VMCRED_TRY_ASSIGN(Stored credentials, directory.list());
  const auto manifests = std::erase_if(
      credentials, [](const StoredCredential& stored) { return stored.name == credential::k_manifest_name; });
  const bool has_manifest = manifests > 0;
  return command::print(streams, arguments.has("--json")
                                     ? as_json(directory.path(), credentials, has_manifest)
                                     : as_text(credentials, has_manifest));
}

}  // namespace vmcred::guest
