// SPDX-License-Identifier: Apache-2.0
// The sockets in a VM's runtime directory.
#pragma once

#include <cstdint>
#include <string_view>

namespace vmcred::vmm {

inline constexpr std::string_view k_qmp_socket = "qmp.sock";          // QEMU's machine protocol
inline constexpr std::string_view k_report_socket = "report.sock";    // what vmcred-guest reports
inline constexpr std::string_view k_console_socket = "console.sock";  // a terminal in the guest, hvc0

// Of a virtio socket without the kernel's vhost: the guest's port N reaches the host as vsock.sock_N, and
// whoever connects to vsock.sock and says "CONNECT N" reaches the guest's.
inline constexpr std::string_view k_vsock_socket = "vsock.sock";
inline constexpr std::string_view k_vsock_device_socket = "vhost-vsock.sock";  // between its program and QEMU

inline constexpr std::string_view k_api_socket = "api.sock";        // of a VMM that speaks HTTP
inline constexpr std::string_view k_crosvm_socket = "crosvm.sock";  // for `crosvm powerbtn` and the like
inline constexpr std::string_view k_vnc_socket = "vnc.sock";        // the screen, where there is one

// With the kernel's vhost all guests of the host share its ports: a VM's notifications are at this one plus
// its CID, its credentials at this one minus its CID, so that no two of any two VMs meet.
inline constexpr std::uint32_t k_vhost_ports = 0x76000000;

// The host's end of the virtio port through which a guest fetches its credentials. The VMM listens, and
// whoever hands them over connects first.
inline constexpr std::string_view k_credentials_socket = "credentials.sock";

// virtiofsd's, one for each share: virtiofs-TAG.sock.
inline constexpr std::string_view k_virtiofs_socket_prefix = "virtiofs-";
inline constexpr std::string_view k_virtiofs_socket_suffix = ".sock";

}  // namespace vmcred::vmm
