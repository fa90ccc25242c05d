// SPDX-License-Identifier: Apache-2.0
// For tests: a parsed config, or what is wrong with it, as text to compare.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "config/keys.h"
#include "config/kind.h"
#include "config/load.h"
#include "config/test_hardware.h"

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
  if (const auto* encrypted = std::get_if<EncryptedSource>(&secret.source)) return encrypted->path;
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

inline std::string kind_details(const FileKind& kind) {
  using base::concat;
  const Certificate& certificate = kind.certificate;
  std::string text = concat(" kind=", kind_text(kind));
  if (!kind.of.empty()) text += concat(" of=", kind.of);
  if (kind.type == FileKind::Type::tls_key) text += concat(" ", spelling(kind.algorithm));
  if (kind.type == FileKind::Type::tls_certificate)
    text += concat(" CN=", certificate.common_name,
                   " names=", base::join(certificate.subject_alternative_names, "|"),
                   " days=", certificate.days, " ca=", number(certificate.ca), " issuer=", certificate.issuer,
                   "/", certificate.issuer_key, "/", certificate.issuer_certificate);
  return text;
}

inline std::string file_text(const GeneratorFile& file) {
  using base::concat;
  std::string text =
      concat("  file ", file.name, " secret=", number(file.secret), " deploy=", number(file.deploy), " ",
             file.owner, ":", file.group, " ", octal(file.mode));
  if (file.needed_for != NeededFor::services) text += concat(" for=", spelling(file.needed_for));
  if (!file.restart_units.empty()) text += concat(" units=", base::join(file.restart_units, "|"));
  if (file.kind) text += kind_details(*file.kind);
  return text + "\n";
}

inline std::string prompt_text(const Prompt& prompt) {
  return base::concat("  prompt ", prompt.name, " ", base::quoted(prompt.description), " ",
                      spelling(prompt.type), " persist=", number(prompt.persist), " ", prompt.display.label,
                      "|", prompt.display.group, "|", prompt.display.helper_text, "|",
                      number(prompt.display.required), "\n");
}

inline std::string generator_text(const Generator& generator) {
  using base::concat;
  std::string text = concat("generator ", generator.name, " share=", number(generator.share),
                            " dependencies=", base::join(generator.dependencies, "|"),
                            " script=", base::quoted(generator.script));
  if (!generator.runtime_inputs.empty())
    text += concat(" inputs=", base::join(generator.runtime_inputs, "|"));
  if (!generator.machines.empty()) text += concat(" machines=", base::join(generator.machines, "|"));
  if (generator.validation) text += concat(" validation=", *generator.validation);
  if (generator.validate_script) text += " validate_script";
  text += "\n";
  for (const auto& prompt : generator.prompts) text += prompt_text(prompt);
  for (const auto& file : generator.files) text += file_text(file);
  return text;
}

// "" where all is as it is unless given.
inline std::string service_text(const VirtualMachine& vm) {
  const VirtualMachine usual;
  constexpr std::string_view k_restarts[] = {"rotation", "always", "never"};
  const auto restart = k_restarts[static_cast<std::size_t>(vm.restart_if_changed)];
  if (vm.autostart && restart == "rotation" && vm.start_timeout_s == usual.start_timeout_s &&
      vm.stop_timeout_s == usual.stop_timeout_s && !vm.machined && vm.deliver == Delivery::provider)
    return "";
  return base::concat("  service autostart=", number(vm.autostart), " restart=", restart,
                      " start=", vm.start_timeout_s, " stop=", vm.stop_timeout_s,
                      " machined=", number(vm.machined), " ", spelling(vm.deliver), "\n");
}

inline std::string vm_text(const VirtualMachine& vm) {
  using base::concat;
  std::string text =
      concat("vm ", vm.name, " ", spelling(vm.hypervisor), " ", spelling(vm.machine), " ",
             spelling(vm.accelerator), " program=", vm.program, " vcpu=", vm.vcpu, " mem=", vm.mem_mib,
             " cid=", vm.vsock_cid ? std::to_string(*vm.vsock_cid) : "none",
             vm.vsock_device == VsockDevice::automatic ? "" : concat(" ", spelling(vm.vsock_device)),
             "\n  kernel=", vm.kernel, " initrd=", vm.initrd, " params=", base::join(vm.kernel_params, "|"),
             " args=", base::join(vm.extra_args, "|"), " user=", vm.user,
             "\n  systemd=", systemd_text(vm.guest_systemd), " transport=", spelling(vm.transport),
             " allow_swap=", number(vm.allow_swap), "\n");
  text += hardware_text(vm);
  text += service_text(vm);
  if (vm.vars_machine != vm.name) text += concat("  vars_machine=", vm.vars_machine, "\n");
  for (const auto& secret : vm.secrets)
    text += concat("  secret ", secret.name.text(), " ", secret.credential.text(), " ", source_text(secret),
                   " empty=", number(secret.allow_empty), " privileged=", number(secret.privileged),
                   secret.rotate.empty() ? "" : concat(" rotate=", secret.rotate), "\n");
  for (const auto& entry : vm.static_values) {
    const std::string value = base::quoted(entry.value);
    text +=
        concat("  static ", entry.credential.text(), "=", std::string_view(value).substr(1, value.size() - 2),
               " privileged=", number(entry.privileged), "\n");
  }
  return text;
}

inline std::string store_text(const Store& store) {
  using base::concat;
  std::string text = concat("store ", store.path, " ", spelling(store.backend));
  if (store.groups != Store().groups) text += concat(" groups=", base::join(store.groups, "|"));
  if (!store.identities.empty()) text += concat(" identities=", base::join(store.identities, "|"));
  if (!store.age_recipients.empty()) text += concat(" recipients=", base::join(store.age_recipients, "|"));
  for (const auto& [machine, recipients] : store.age_recipients_for)
    text += concat(" ", machine, "=", base::join(recipients, "|"));
  return text + "\n";
}

inline std::string host_text(const Host& host) {
  if (host.wait_for_secrets_s == 0 && host.identity_encrypted.empty()) return "";
  return base::concat("host wait=", host.wait_for_secrets_s, " identity=", host.identity_encrypted, "\n");
}

// The whole model, or the first error.
inline std::string model(const std::string& path, std::string_view text) {
  const auto config = parse(path, text);
  if (!config) return config.error().what;
  std::string result = host_text(config->host) + store_text(config->store);
  for (const auto& generator : config->generators) result += generator_text(generator);
  for (const auto& vm : config->vms) result += vm_text(vm);
  return result;
}

}  // namespace vmcred::config
