// SPDX-License-Identifier: Apache-2.0
// For tests: a parsed config, or what is wrong with it, as text to compare.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "config/keys.h"
#include "config/load.h"

namespace vmcred::config {

// Every finding, in order, without hints.
inline std::vector<std::string> findings(const std::string& path, std::string_view text) {
  const auto config = parse(path, text);
  if (config) return {};
  std::vector<std::string> texts = {config.error().what};
  for (const auto& other : config.error().others) texts.push_back(other.what);
  return texts;
}

inline std::string source_text(const Secret& secret) {
  using base::concat;
  if (const auto* file = std::get_if<FileSource>(&secret.source)) return file->path;
  if (const auto* made = std::get_if<GeneratorSource>(&secret.source))
    return concat(made->generator, "/", made->file);
  constexpr std::string_view k_encodings[] = {"base64", "hex", "raw", "alphanumeric"};
  const auto& random = std::get<RandomSource>(secret.source);
  return concat(k_encodings[static_cast<std::size_t>(random.encoding)], ":", random.bytes);
}

inline std::string systemd_text(const GuestSystemd& systemd) {
  if (systemd.kind == GuestSystemd::Kind::version) return std::to_string(systemd.version);
  return systemd.kind == GuestSystemd::Kind::none ? "none" : "unknown";
}

inline std::string octal(unsigned mode) {
  std::string text;
  for (; mode != 0; mode /= 8) text.insert(text.begin(), static_cast<char>('0' + mode % 8));
  return text;
}

inline int number(bool value) { return value ? 1 : 0; }

inline std::string generator_text(const Generator& generator) {
  using base::concat;
  std::string text = concat("generator ", generator.name, " share=", number(generator.share),
                            " dependencies=", base::join(generator.dependencies, "|"),
                            " script=", base::quoted(generator.script), "\n");
  for (const auto& file : generator.files)
    text += concat("  file ", file.name, " secret=", number(file.secret), " deploy=", number(file.deploy),
                   " ", file.owner, ":", file.group, " ", octal(file.mode), "\n");
  return text;
}

inline std::string vm_text(const VirtualMachine& vm) {
  using base::concat;
  std::string text =
      concat("vm ", vm.name, " ", spelling(vm.hypervisor), " ", spelling(vm.machine), " ",
             spelling(vm.accelerator), " program=", vm.program, " vcpu=", vm.vcpu, " mem=", vm.mem_mib,
             " cid=", vm.vsock_cid ? std::to_string(*vm.vsock_cid) : "none", "\n  kernel=", vm.kernel,
             " initrd=", vm.initrd, " params=", base::join(vm.kernel_params, "|"),
             " args=", base::join(vm.extra_args, "|"), " user=", vm.user,
             "\n  systemd=", systemd_text(vm.guest_systemd), " transport=", spelling(vm.transport),
             " allow_swap=", number(vm.allow_swap), "\n");
  for (const auto& secret : vm.secrets)
    text += concat("  secret ", secret.name.text(), " ", secret.credential.text(), " ", source_text(secret),
                   " empty=", number(secret.allow_empty), " privileged=", number(secret.privileged), "\n");
  for (const auto& entry : vm.static_values) {
    const std::string value = base::quoted(entry.value);
    text +=
        concat("  static ", entry.credential.text(), "=", std::string_view(value).substr(1, value.size() - 2),
               " privileged=", number(entry.privileged), "\n");
  }
  return text;
}

// The whole model, or the first error.
inline std::string model(const std::string& path, std::string_view text) {
  const auto config = parse(path, text);
  if (!config) return config.error().what;
  std::string result = base::concat("store ", config->store.path, " ", spelling(config->store.backend), "\n");
  for (const auto& generator : config->generators) result += generator_text(generator);
  for (const auto& vm : config->vms) result += vm_text(vm);
  return result;
}

}  // namespace vmcred::config
