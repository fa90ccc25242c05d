// SPDX-License-Identifier: Apache-2.0
// How each enum of the model is written in a config.
#pragma once

#include <array>
#include <string_view>

#include "config/model.h"

namespace vmcred::config {

template <typename Enum>
struct Spelling {
  Enum value;
  std::string_view text;
};

inline constexpr std::array k_hypervisor_spellings = std::to_array<Spelling<Hypervisor>>({
    {Hypervisor::qemu, "qemu"},
    {Hypervisor::cloud_hypervisor, "cloud-hypervisor"},
    {Hypervisor::firecracker, "firecracker"},
    {Hypervisor::crosvm, "crosvm"},
    {Hypervisor::kvmtool, "kvmtool"},
    {Hypervisor::stratovirt, "stratovirt"},
    {Hypervisor::alioth, "alioth"},
    {Hypervisor::vfkit, "vfkit"},
});
inline constexpr std::array k_machine_spellings = std::to_array<Spelling<Machine>>({
    {Machine::q35, "q35"},
    {Machine::pc, "pc"},
    {Machine::microvm, "microvm"},
});
inline constexpr std::array k_accelerator_spellings = std::to_array<Spelling<Accelerator>>({
    {Accelerator::automatic, "auto"},
    {Accelerator::kvm, "kvm"},
    {Accelerator::tcg, "tcg"},
});
inline constexpr std::array k_transport_spellings = std::to_array<Spelling<Transport>>({
    {Transport::automatic, "auto"},
    {Transport::smbios, "smbios"},
    {Transport::fw_cfg, "fw_cfg"},
    {Transport::initrd, "initrd"},
    {Transport::vsock, "vsock"},
    {Transport::virtio_serial, "virtio-serial"},
    {Transport::mmds, "mmds"},
});
inline constexpr std::array k_vsock_device_spellings = std::to_array<Spelling<VsockDevice>>({
    {VsockDevice::automatic, "auto"},
    {VsockDevice::vhost, "vhost"},
    {VsockDevice::vhost_user, "vhost-user"},
});
inline constexpr std::array k_delivery_spellings = std::to_array<Spelling<Delivery>>({
    {Delivery::provider, "provider"},
    {Delivery::encrypted, "encrypted"},
});
inline constexpr std::array k_store_backend_spellings = std::to_array<Spelling<StoreBackend>>({
    {StoreBackend::sops, "sops"},
    {StoreBackend::age, "age"},
});
inline constexpr std::array k_encoding_spellings = std::to_array<Spelling<RandomSource::Encoding>>({
    {RandomSource::Encoding::base64, "base64"},
    {RandomSource::Encoding::hex, "hex"},
    {RandomSource::Encoding::raw, "raw"},
    {RandomSource::Encoding::alphanumeric, "alphanumeric"},
});
inline constexpr std::array k_kind_spellings = std::to_array<Spelling<FileKind::Type>>({
    {FileKind::Type::base64, "base64"},
    {FileKind::Type::hex, "hex"},
    {FileKind::Type::raw, "raw"},
    {FileKind::Type::alphanumeric, "alphanumeric"},
    {FileKind::Type::password, "password"},
    {FileKind::Type::uuid, "uuid"},
    {FileKind::Type::password_hash, "password-hash"},
    {FileKind::Type::ssh_ed25519, "ssh-ed25519"},
    {FileKind::Type::ssh_ed25519_public, "ssh-ed25519-public"},
    {FileKind::Type::wireguard, "wireguard"},
    {FileKind::Type::wireguard_public, "wireguard-public"},
    {FileKind::Type::age, "age"},
    {FileKind::Type::age_public, "age-public"},
    {FileKind::Type::tls_key, "tls-key"},
    {FileKind::Type::tls_certificate, "tls-certificate"},
});
inline constexpr std::array k_algorithm_spellings = std::to_array<Spelling<FileKind::Algorithm>>({
    {FileKind::Algorithm::p256, "p256"},
    {FileKind::Algorithm::ed25519, "ed25519"},
});
inline constexpr std::array k_needed_for_spellings = std::to_array<Spelling<NeededFor>>({
    {NeededFor::partitioning, "partitioning"},
    {NeededFor::activation, "activation"},
    {NeededFor::users, "users"},
    {NeededFor::services, "services"},
});
inline constexpr std::array k_prompt_type_spellings = std::to_array<Spelling<Prompt::Type>>({
    {Prompt::Type::hidden, "hidden"},
    {Prompt::Type::line, "line"},
    {Prompt::Type::multiline, "multiline"},
    {Prompt::Type::multiline_hidden, "multiline-hidden"},
});

}  // namespace vmcred::config
