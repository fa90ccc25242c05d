// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/text.h"
#include "cli/vars/commands.h"
#include "cli/vars/host_encryption.h"
#include "cli/vars/session.h"
#include "command/output.h"
#include "config/load.h"
#include "config/path.h"
#include "config/unit_names.h"
#include "vars/stored_secret.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using config::Secret;
using config::VirtualMachine;

// One file to write.
struct Blob {
  const VirtualMachine* vm;
  const Secret* secret;
  std::string path;
};

bool is_encrypted_for_host(const VirtualMachine& vm, const Secret& secret) {
  return vm.deliver == config::Delivery::encrypted && config::is_kept(secret);
}

void add_blobs(const VirtualMachine& vm, std::vector<Blob>& blobs) {
  for (const Secret& secret : vm.secrets)
    if (is_encrypted_for_host(vm, secret))
      blobs.push_back({&vm, &secret, config::encrypted_credential_path(vm, secret)});
}

// Of the VMs that are named, or of all.
Result<std::vector<Blob>> blobs_of(const config::Config& config, const command::Arguments& arguments) {
  std::vector<Blob> blobs;
  if (arguments.operands().empty())
    for (const VirtualMachine& vm : config.vms) add_blobs(vm, blobs);
  for (const auto& name : arguments.operands()) {
    VMCRED_TRY_ASSIGN(const VirtualMachine* vm, config::find_vm(config, name));
    if (vm->deliver != config::Delivery::encrypted)
      return base::Error{.kind = base::ErrorKind::config,
                         .what = concat("vm ", base::quoted(vm->name), " does not get its secrets this way"),
                         .hint = concat("set deliver = \"encrypted\" in [vms.", vm->name, "]")};
    add_blobs(*vm, blobs);
  }
  return blobs;
}

// Where systemd looks for encrypted credentials: for root alone, as systemd makes it.
Result<void> make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return base::errno_error(path);
}

Result<void> write(const Session& session, const Blob& blob, const std::string& key) {
  const auto var = session.declared().var_of(*blob.vm, *blob.secret);
  VMCRED_TRY_ASSIGN(const auto value, vars::find_stored(session.store(), *var));
  if (!value) return vars::not_stored(*blob.vm, *var);
  VMCRED_TRY_ASSIGN(const std::string text,
                    encrypt_for_host(blob.secret->name.host_credential(), value->bytes(), key));
  VMCRED_TRY(make_folder(std::string(config::directory_of(blob.path))));
  return base::write_text_file_atomically(blob.path, text, 0600);
}

std::string as_text(const std::vector<Blob>& blobs, bool dry_run) {
  if (blobs.empty()) return "no vm has deliver = \"encrypted\" and secrets in the store\n";
  std::string text;
  for (const Blob& blob : blobs)
    text += concat(dry_run ? "would encrypt " : "encrypted ", blob.vm->name, "/", blob.secret->name.text(),
                   " for this host: ", blob.path, "\n");
  return text;
}

std::string as_json(const std::vector<Blob>& blobs) {
  auto list = nlohmann::ordered_json::array();
  for (const Blob& blob : blobs)
    list.push_back({{"vm", blob.vm->name},
                    {"secret", blob.secret->name.text()},
                    {"credential", blob.secret->name.host_credential().text()},
                    {"path", blob.path}});
  return list.dump(2) + "\n";
}

}  // namespace

Result<void> run_vars_encrypt_for_host(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  VMCRED_TRY_ASSIGN(const auto blobs, blobs_of(session->config(), arguments));
  const bool dry_run = arguments.has("--dry-run");
  const std::string key = arguments.value("--with-key").value_or("");
  if (!dry_run)
    for (const Blob& blob : blobs)
      if (auto written = write(*session, blob, key); !written)
        return base::in(
            concat("vm ", base::quoted(blob.vm->name), ": secret ", base::quoted(blob.secret->name.text())),
            std::move(written));
  return command::print(streams, arguments.has("--json") ? as_json(blobs) : as_text(blobs, dry_run));
}

}  // namespace vmcred::cli
