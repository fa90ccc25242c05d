// SPDX-License-Identifier: Apache-2.0
#include "guest/sources.h"

#include <fcntl.h>
#include <algorithm>

#include "base/file.h"
#include "base/file_names.h"
#include "base/text.h"
#include "command/output.h"
#include "credential/oem_string.h"
#include "guest/kernel_module.h"
#include "guest/secret_file.h"
#include "smbios/type11.h"

namespace vmcred::guest {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using credential::Credential;
using credential::CredentialName;
using secret::SecretBuffer;

constexpr std::string_view k_real_sysfs = "/sys";
constexpr std::string_view k_fw_cfg = "/firmware/qemu_fw_cfg";
constexpr std::string_view k_fw_cfg_credentials = "/firmware/qemu_fw_cfg/by_name/opt/io.systemd.credentials";
constexpr std::string_view k_dmi_entries = "/firmware/dmi/entries";

// A structure carries base64, which is longer than what it stands for.
constexpr std::size_t k_max_structure_bytes = 2 * credential::k_max_total_bytes;

class Collector {
 public:
  Collector(std::string sysfs, const command::Streams& streams)
      : m_sysfs(std::move(sysfs)), m_streams(streams) {}

  Result<void> read_fw_cfg();
  Result<void> read_smbios();
  Collected take() && { return std::move(m_collected); }

 private:
  Result<void> read_fw_cfg_item(const std::string& item);
  Result<void> read_strings(const std::string& subject, std::span<const std::byte> raw);
  void add(Credential credential, std::string_view subject);
  Result<void> skip(std::string_view subject, Error error);

  std::string m_sysfs;
  const command::Streams& m_streams;
  Collected m_collected;
};

// One item is passed over, but not when the machine itself fails us: without locked memory nothing goes on.
Result<void> Collector::skip(std::string_view subject, Error error) {
  if (error.kind == ErrorKind::refused) return error;
  command::warn(k_program_name, m_streams, base::concat(subject, " is skipped: ", error.what));
  ++m_collected.skipped;
  return {};
}

void Collector::add(Credential credential, std::string_view subject) {
  const std::string name = base::quoted(credential.name.text());
  const bool known = std::ranges::any_of(
      m_collected.credentials, [&](const Credential& other) { return other.name == credential.name; });
  if (known) {
    command::warn(k_program_name, m_streams,
                  base::concat(subject, ": there is a credential ", name, " already, which counts"));
  } else if (credential.value.size() > credential::k_max_total_bytes - m_collected.total_bytes) {
    command::warn(k_program_name, m_streams,
                  base::concat(subject, " is skipped: with ", name, " all would have more than 1 MiB"));
    ++m_collected.skipped;
  } else {
    m_collected.total_bytes += credential.value.size();
    m_collected.credentials.push_back(std::move(credential));
  }
}

Result<void> Collector::read_fw_cfg() {
  for (const auto& item : base::file_names(base::concat(m_sysfs, k_fw_cfg_credentials)))
    VMCRED_TRY(read_fw_cfg_item(item));
  return {};
}

Result<void> Collector::read_fw_cfg_item(const std::string& item) {
  const std::string subject = base::concat("fw_cfg item ", base::quoted(item));
  auto name = CredentialName::parse(item);
  if (!name) return skip(subject, std::move(name).error());
  auto file = base::open_file(base::concat(m_sysfs, k_fw_cfg_credentials, "/", item, "/raw"), O_RDONLY);
  if (!file) return skip(subject, std::move(file).error());
  auto value = read_secret(*file, credential::k_max_credential_bytes, "its value");
  if (!value) return skip(subject, std::move(value).error());
  add(Credential{.name = *std::move(name), .value = *std::move(value)}, subject);
  return {};
}

Result<void> Collector::read_smbios() {
  // The kernel numbers the structures of a type from 0 on without gaps.
  for (std::size_t i = 0;; ++i) {
    const std::string subject = base::concat("SMBIOS structure 11-", i);
    const std::string path = base::concat(m_sysfs, k_dmi_entries, "/11-", i, "/raw");
    if (!base::path_exists(path)) return {};
    auto file = base::open_file(path, O_RDONLY);
    if (!file) {
      VMCRED_TRY(skip(subject, std::move(file).error()));
      continue;
    }
    auto raw = read_secret(*file, k_max_structure_bytes, "its content");
    VMCRED_TRY(raw ? read_strings(subject, raw->bytes()) : skip(subject, std::move(raw).error()));
  }
}

Result<void> Collector::read_strings(const std::string& subject, std::span<const std::byte> raw) {
  auto structure = smbios::read_structure(raw);
  if (!structure) return skip(subject, std::move(structure).error());
  for (std::size_t i = 0; i < structure->strings.size(); ++i) {
    const std::string string_subject = base::concat(subject, ", string ", i + 1);
    auto credential = credential::read_oem_string(structure->strings[i]);
    if (!credential) {
      VMCRED_TRY(skip(string_subject, std::move(credential).error()));
    } else if (credential->has_value()) {
      add(**std::move(credential), string_subject);
    }
  }
  return {};
}

// As PID 1 does before it looks; kernels often have these two as modules.
void load_drivers() {
  if (!base::path_exists(base::concat(k_real_sysfs, k_fw_cfg))) load_kernel_module("qemu_fw_cfg");
  if (!base::path_exists(base::concat(k_real_sysfs, k_dmi_entries))) load_kernel_module("dmi-sysfs");
}

}  // namespace

Result<Collected> collect_credentials(const std::string& sysfs, const command::Streams& streams) {
  if (!base::path_exists(sysfs + "/firmware"))
    return Error{.kind = ErrorKind::host,
                 .what = base::concat("there is no sysfs at ", sysfs),
                 .hint = base::concat("'mount -t sysfs sysfs ", k_real_sysfs, "' first")};
  if (sysfs == k_real_sysfs) load_drivers();
  Collector collector(sysfs, streams);
  VMCRED_TRY(collector.read_fw_cfg());
  VMCRED_TRY(collector.read_smbios());
  return std::move(collector).take();
}

}  // namespace vmcred::guest
