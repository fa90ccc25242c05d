// SPDX-License-Identifier: Apache-2.0
#include "unit/generator.h"

#include <sys/stat.h>
#include <unistd.h>
#include <cstdlib>

#include "base/file.h"
#include "base/text.h"
#include "config/load.h"
#include "unit/generator_log.h"
#include "unit/make_units.h"
#include "unit/write_units.h"
#include "vmm/check.h"

namespace vmcred::unit {
namespace {

// PID 1 waits for generators. This one takes milliseconds; should a file system hang, it ends nonetheless.
constexpr unsigned k_longest_s = 20;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Opening a pipe would wait for somebody to write.
base::Result<void> check_config_file(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) return base::errno_error(path);
  if (S_ISREG(status.st_mode) && path.starts_with('/')) return {};
  return base::Error{.kind = base::ErrorKind::config,
                     .what = base::concat(path, ": expected the absolute path of a regular file")};
}

// What somebody else's units run we do not know.
base::Result<config::UnitConfig> load(const std::string& path, const Surroundings& surroundings) {
  VMCRED_TRY(check_config_file(path));
  return config::load_for_units(path, surroundings.has_template ? nullptr : vmm::check_vm);
}

// Does not go back through destructors: those of a thousand VMs take a while, and the kernel frees it all.
[[noreturn]] void generate(const std::string& config_path, const std::string& directory) {
  const GeneratorLog log;
  const Surroundings surroundings = survey(config_path);
  const auto loaded = load(config_path, surroundings);
  UnitWriter writer(directory);
  const TakeFile write = [&](const UnitFile& file) { writer.write(file); };
  const UnitSet set = loaded ? make_units(*loaded, surroundings, write)
                             : make_units_of_broken_config(loaded.error(), surroundings);
  for (const UnitFile& file : set.files) writer.write(file);
  for (const UnitLink& link : set.links) writer.write(link);
  for (const Broken& broken : set.broken) log.error(broken.vm, broken.error);
  for (const base::Error& failure : writer.failures()) log.error("", failure);
  ::_exit(loaded && writer.failures().empty() ? 0 : 1);
}

}  // namespace

std::string generator_config() {
  if (auto chosen = variable("VMCRED_CONFIG"); !chosen.empty()) return chosen;
  for (const char* path : {"/etc/vmcred/vmcred.toml", "/etc/vmcred/vmcred.json"})
    if (base::path_exists(path)) return path;
  return "";
}

int run_generator(std::span<const std::string_view> words) {
  if (words.size() != 1 && words.size() != 3) {
    base::Error usage{.kind = base::ErrorKind::usage, .what = "usage: vmcred-generator NORMAL [EARLY LATE]"};
    GeneratorLog().error("", usage);
    return 2;
  }
  ::alarm(k_longest_s);
  ::umask(022);
  const std::string config = generator_config();
  // In the initrd there are no VMs yet.
  if (config.empty() || variable("SYSTEMD_IN_INITRD") == "1") return 0;
  generate(config, std::string(words.front()));
}

}  // namespace vmcred::unit
