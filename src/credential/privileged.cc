// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>

#include "credential/name.h"

namespace vmcred::credential {
namespace {

// A namespace ends in '.'; any name below it counts. Everything else is an exact name.
// systemd.system-credentials(7), in the order of that page's subjects.
constexpr std::array k_privileged_names = std::to_array<std::string_view>({
    // PID 1 and units
    "systemd.",
    "system.",
    "vmm.notify_socket",
    // users and groups
    "passwd.",
    "userdb.",
    "home.",
    // remote login
    "ssh.",
    // files, kernel settings, mounts
    "tmpfiles.extra",
    "sysusers.extra",
    "sysctl.extra",
    "fstab.extra",
    "fstab.extra.initrd",
    "login.",
    "network.",
    // first boot
    "firstboot.",
    // console and getty
    "vconsole.",
    "getty.",
    "agetty.",
    "tty.",
    "shell.",
    // journal, devices, storage
    "journal.",
    "udev.",
    "cryptsetup.",
    "import.",
    "fsck.",
    "quotacheck.",
    "imds.",
});

}  // namespace

bool is_privileged(const CredentialName& name) {
  if (name.text().find('.') == std::string::npos)
    return false;  // as most names are; each one above has a dot
  return std::any_of(k_privileged_names.begin(), k_privileged_names.end(), [&](std::string_view entry) {
    return entry.ends_with('.') ? name.text().starts_with(entry) : name.text() == entry;
  });
}

}  // namespace vmcred::credential
