// SPDX-License-Identifier: Apache-2.0
#include "history/observe.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <ctime>
#include <limits>
#include <optional>

#include "base/file.h"
#include "base/text.h"
#include "base/utc_time.h"
#include "config/entry.h"
#include "config/path.h"
#include "config/pins.h"
#include "config/unit_names.h"
#include "credential/credential.h"
#include "runner/secrets/trusted_path.h"
#include "secret/read.h"
#include "store/store.h"
#include "vars/declared.h"
#include "vars/stored_secret.h"
#include "vars/version.h"

namespace vmcred::history {
namespace {

using base::concat;
using base::Result;
using config::Secret;
using config::VirtualMachine;

constexpr std::int64_t k_never_ns = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t k_max_file_bytes = std::size_t{16} * 1024 * 1024;

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::int64_t now_ns(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return nanoseconds(time);
}

// The time of change, not that of the content: nobody can set it back, and renaming over a file or a link
// sets it. To be asked after the file is read, or a change in between would go unnoticed.
bool changed_since(const std::string& path, std::int64_t since_ns) {
  struct stat file{};
  struct stat link{};
  return (::stat(path.c_str(), &file) == 0 && nanoseconds(file.st_ctim) >= since_ns) ||
         (::lstat(path.c_str(), &link) == 0 && nanoseconds(link.st_ctim) >= since_ns);
}

Result<Digest> digest_of_file(const std::string& path) {
  VMCRED_TRY_ASSIGN(const std::string text, base::read_text_file(path, k_max_file_bytes));
  return digest_of(std::as_bytes(std::span(text)));
}

// By the config's entry as it is now; "" where it may not be the run's.
std::string entry_of(const UnitRun& run, const std::string& config, const std::string& vm) {
  const auto entry = config::read_entry(config, vm);
  const std::string pins = config::pins_directory(config::directory_of(config));
  if (!entry || !run.by_this_config) return "";
  if (changed_since(config, run.since_ns) || changed_since(pins, run.since_ns)) return "";
  return entry->in_use;
}

class Observation {
 public:
  // `run` empty: what would be delivered now.
  Observation(const config::Config& config, const VirtualMachine& vm, const DigestKey& key,
              const std::optional<UnitRun>& run)
      : m_config(config),
        m_vm(vm),
        m_key(key),
        m_credentials(run ? run->credentials : ""),
        m_since_ns(run ? run->since_ns : k_never_ns) {}

  Launch make(std::string invocation, std::string entry) {
    Launch launch{.record = {.vm = m_vm.name,
                             .started = base::utc_now(),
                             .program = VMCRED_VERSION,
                             .invocation = std::move(invocation),
                             .entry = std::move(entry),
                             .files = files(),
                             .secrets = {}},
                  .unseen = {}};
    for (const Secret& secret : m_vm.secrets) {
      auto state = state_of(secret);
      if (!state) launch.unseen.push_back({.name = secret.name.text(), .why = state.error().what});
      launch.record.secrets.push_back(
          {.name = secret.name.text(), .state = std::move(state).value_or(UnknownState{})});
    }
    return launch;
  }

 private:
  std::vector<BootFile> files() const {
    std::vector<BootFile> found;
    for (const std::string& path : {m_vm.kernel, m_vm.initrd, m_vm.program}) {
      struct stat status{};
      if (!path.starts_with('/') || ::stat(path.c_str(), &status) != 0) continue;
      const auto modified = changed_since(path, m_since_ns) ? 0 : nanoseconds(status.st_mtim);
      found.push_back(
          {.path = path, .bytes = static_cast<std::uint64_t>(status.st_size), .modified_ns = modified});
    }
    return found;
  }

  Result<SecretState> state_of(const Secret& secret) {
    if (const auto* file = std::get_if<config::FileSource>(&secret.source))
      return delivered(secret, file->path);
    if (const auto* sealed_file = std::get_if<config::EncryptedSource>(&secret.source))
      return sealed(sealed_file->path);
    if (!config::is_provided(m_vm, secret)) return sealed(config::encrypted_credential_path(m_vm, secret));
    return kept(secret);
  }

  Result<SecretState> delivered(const Secret& secret, const std::string& path) const {
    const std::string copy = concat(m_credentials, "/", secret.name.host_credential().text());
    VMCRED_TRY_ASSIGN(const base::UniqueFd file, m_credentials.empty()
                                                     ? runner::open_trusted(path)
                                                     : base::open_file(copy, O_RDONLY | O_NOFOLLOW));
    VMCRED_TRY_ASSIGN(const secret::SecretBuffer value,
                      secret::read_secret_file(file.get(), credential::k_max_total_bytes, path));
    return m_key.state_of(value.bytes());
  }

  Result<SecretState> sealed(const std::string& path) const {
    VMCRED_TRY_ASSIGN(const Digest digest, digest_of_file(path));
    if (changed_since(path, m_since_ns)) return UnknownState{};
    return SealedState{.digest = digest};
  }

  Result<SecretState> kept(const Secret& secret) {
    if (!m_declared) m_declared.emplace(m_config);
    const auto var = m_declared->var_of(m_vm, secret);
    if (!var) return base::Error{.kind = base::ErrorKind::credential, .what = "its source is not the store"};
    VMCRED_TRY_ASSIGN(const auto store, store::open_store(vars::store_settings(m_config.store), m_no_keys));
    const vars::Versions versions(vars::store_settings(m_config.store).path);
    const std::string path = store->file_of(var->id(), var->visibility());
    VMCRED_TRY_ASSIGN(std::string version, versions.version_of(var->generator->id));
    VMCRED_TRY_ASSIGN(const Digest digest, digest_of_file(path));
    if (changed_since(path, m_since_ns) || changed_since(versions.path_of(var->generator->id), m_since_ns))
      return UnknownState{};
    return KeptState{.version = std::move(version), .digest = digest};
  }

  const config::Config& m_config;
  const VirtualMachine& m_vm;
  const DigestKey& m_key;
  std::string m_credentials;
  std::int64_t m_since_ns;
  std::optional<vars::Declared> m_declared;  // made when a secret of the store is met
  store::Keyring m_no_keys;                  // nothing is decrypted
};

}  // namespace

Launch launch_now(const config::Config& config, const VirtualMachine& vm, const DigestKey& key,
                  const std::string& entry) {
  return Observation(config, vm, key, std::nullopt).make("", entry);
}

std::int64_t in_real_time(std::uint64_t monotonic_us) {
  constexpr std::int64_t k_microsecond = 1000;
  const std::int64_t ago = now_ns(CLOCK_MONOTONIC) - static_cast<std::int64_t>(monotonic_us) * k_microsecond;
  return now_ns(CLOCK_REALTIME) - ago;
}

Launch launch_of(const UnitRun& run, const config::Config& config, const VirtualMachine& vm,
                 const DigestKey& key) {
  return Observation(config, vm, key, run).make(run.invocation, entry_of(run, config.path, vm.name));
}

}  // namespace vmcred::history
