// SPDX-License-Identifier: Apache-2.0
#include "vmm/assignment.h"

#include <limits>

#include "base/text.h"
#include "credential/oem_string.h"
#include "smbios/type11.h"

namespace vmcred::vmm {
namespace {

using base::Error;
using base::ErrorKind;

// Fills structures front to back, opening the next one when a string does not fit the last.
class SmbiosTable {
 public:
  explicit SmbiosTable(const SmbiosLimits& limits) : m_limits(limits) {}

  bool could_hold(std::size_t string_bytes) const {
    return smbios::oem_structure_size(1, string_bytes) <= m_limits.structure_bytes;
  }

  // False when the string no longer fits the table.
  bool add(std::size_t index, std::size_t string_bytes) {
    if (!could_hold(string_bytes)) return false;
    const std::size_t in_last = string_bytes + 1;
    if (!m_structures.empty() && m_last_size + in_last <= m_limits.structure_bytes &&
        m_structures.back().size() < smbios::k_max_strings) {
      if (m_size + in_last > m_limits.total_bytes) return false;
      m_last_size += in_last;
      m_size += in_last;
    } else {
      const std::size_t size = smbios::oem_structure_size(1, string_bytes);
      if (m_size + size > m_limits.total_bytes || m_structures.size() == most_structures()) return false;
      m_structures.emplace_back();
      m_last_size = size;
      m_size += size;
    }
    m_structures.back().push_back(index);
    return true;
  }

  std::vector<std::vector<std::size_t>> take() && { return std::move(m_structures); }

 private:
  std::size_t most_structures() const {
    return m_limits.most_structures == 0 ? std::numeric_limits<std::size_t>::max() : m_limits.most_structures;
  }

  SmbiosLimits m_limits;
  std::vector<std::vector<std::size_t>> m_structures;
  std::size_t m_last_size = 0;
  std::size_t m_size = 0;
};

Error credential_error(const CredentialOutline& outline, std::string_view reason) {
  return {.kind = ErrorKind::credential,
          .what = base::concat("credential ", base::quoted(outline.name.text()), " (",
                               base::byte_count(outline.size), ") ", reason)};
}

std::vector<Error> find_oversized(std::span<const CredentialOutline> outlines,
                                  const TransportLimits& limits) {
  std::vector<Error> findings;
  std::size_t total = 0;
  std::size_t pages = 0;
  for (const auto& outline : outlines) {
    total += outline.size;
    pages += (outline.size + k_page_bytes - 1) / k_page_bytes;
    if (outline.size > limits.credential_bytes)
      findings.push_back(credential_error(outline, base::concat("is larger than systemd takes: ",
                                                                base::byte_count(limits.credential_bytes))));
  }
  if (findings.empty() && total > limits.total_bytes)
    findings.push_back(
        {.kind = ErrorKind::credential,
         .what = base::concat("the set is too large for every transport: ", base::byte_count(total),
                              " in all with vmcred's manifest, and systemd takes ",
                              base::byte_count(limits.total_bytes)),
         .hint = "hand over keys instead, and let the guest decrypt what is larger"});
  if (findings.empty() && limits.memory_pages && pages > *limits.memory_pages)
    findings.push_back(
        {.kind = ErrorKind::credential,
         .what = base::concat(
             "the set is too large for every transport: systemd 254 and later keep credentials on a "
             "tmpfs of ",
             *limits.memory_pages, " pages, and these take ", pages),
         .hint = "merge small secrets into fewer files, or set guest.systemd to 252, 253 or \"none\" if that "
                 "is what "
                 "the guest runs"});
  return findings;
}

std::string why_not_smbios(const CredentialOutline& outline, const TransportLimits& limits) {
  if (!limits.smbios) return "this machine or 'transport' rules SMBIOS out";
  const std::size_t string_bytes = credential::oem_string_length(outline.name, outline.size);
  if (!SmbiosTable(*limits.smbios).could_hold(string_bytes))
    return base::concat("its SMBIOS string would be ", base::byte_count(string_bytes), ", a structure holds ",
                        base::byte_count(limits.smbios->structure_bytes - smbios::oem_structure_size(1, 0)));
  if (limits.smbios->most_structures == 1)
    return base::concat("the only SMBIOS structure, of ", base::byte_count(limits.smbios->structure_bytes),
                        ", is full");
  return base::concat("the SMBIOS table's ", base::byte_count(limits.smbios->total_bytes), " are full");
}

std::string why_not_fw_cfg(const CredentialOutline& outline, const TransportLimits& limits) {
  if (!limits.fw_cfg) return "this machine or 'transport' rules fw_cfg out";
  if (outline.name.text().size() > limits.fw_cfg->name_bytes)
    return base::concat("its name has ", outline.name.text().size(), " characters, fw_cfg takes ",
                        limits.fw_cfg->name_bytes);
  return base::concat("all ", limits.fw_cfg->most_items, " fw_cfg items are taken");
}

std::string_view way_out(const CredentialOutline& outline, const TransportLimits& limits) {
  if (limits.fw_cfg && outline.name.text().size() > limits.fw_cfg->name_bytes)
    return "give it a shorter name with 'credential = \"…\"'";
  return "make it smaller, or choose another 'machine' or 'transport'";
}

}  // namespace

base::Result<void> check_sizes(std::span<const CredentialOutline> outlines, const TransportLimits& limits) {
  auto findings = find_oversized(outlines, limits);
  if (!findings.empty()) return base::first_with_others(std::move(findings));
  return {};
}

base::Result<Assignment> assign_transports(std::span<const CredentialOutline> outlines,
                                           const TransportLimits& limits) {
  VMCRED_TRY(check_sizes(outlines, limits));

  Assignment assignment;
  SmbiosTable table(limits.smbios.value_or(SmbiosLimits{.structure_bytes = 0, .total_bytes = 0}));
  const auto add_to_table = [&](std::size_t index) {
    return table.add(index, credential::oem_string_length(outlines[index].name, outlines[index].size));
  };
  const auto fits_fw_cfg = [&](std::size_t index) {
    return limits.fw_cfg && outlines[index].name.text().size() <= limits.fw_cfg->name_bytes;
  };

  // Those that have SMBIOS alone choose first.
  std::vector<Error> findings;
  const auto refuse = [&](std::size_t index) {
    const auto& outline = outlines[index];
    findings.push_back(
        credential_error(outline, base::concat("fits no transport: ", why_not_smbios(outline, limits), "; ",
                                               why_not_fw_cfg(outline, limits)))
            .with_hint(way_out(outline, limits)));
  };
  for (std::size_t i = 0; i < outlines.size(); ++i)
    if (!fits_fw_cfg(i) && !add_to_table(i)) refuse(i);
  for (std::size_t i = 0; i < outlines.size(); ++i) {
    if (!fits_fw_cfg(i) || add_to_table(i)) continue;
    if (assignment.fw_cfg_items.size() < limits.fw_cfg->most_items)
      assignment.fw_cfg_items.push_back(i);
    else
      refuse(i);
  }
  if (!findings.empty()) return base::first_with_others(std::move(findings));
  assignment.smbios_structures = std::move(table).take();
  return assignment;
}

}  // namespace vmcred::vmm
