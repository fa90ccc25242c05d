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
inline constexpr std::array k_volume_format_spellings = std::to_array<Spelling<Volume::Format>>({
    {Volume::Format::raw, "raw"},
    {Volume::Format::qcow2, "qcow2"},
});
inline constexpr std::array k_share_protocol_spellings = std::to_array<Spelling<Share::Protocol>>({
    {Share::Protocol::virtiofs, "virtiofs"},
    {Share::Protocol::plan9, "9p"},
});
inline constexpr std::array k_share_cache_spellings = std::to_array<Spelling<Share::Cache>>({
    {Share::Cache::automatic, "auto"},
    {Share::Cache::always, "always"},
    {Share::Cache::metadata, "metadata"},
    {Share::Cache::never, "never"},
});
inline constexpr std::array k_security_model_spellings = std::to_array<Spelling<Share::SecurityModel>>({
    {Share::SecurityModel::none, "none"},
    {Share::SecurityModel::mapped, "mapped"},
    {Share::SecurityModel::passthrough, "passthrough"},
});
inline constexpr std::array k_interface_type_spellings = std::to_array<Spelling<Interface::Type>>({
    {Interface::Type::user, "user"},
    {Interface::Type::tap, "tap"},
    {Interface::Type::macvtap, "macvtap"},
    {Interface::Type::tap, "bridge"},  // a tap that joins one
});
inline constexpr std::array k_macvtap_mode_spellings = std::to_array<Spelling<Interface::MacvtapMode>>({
    {Interface::MacvtapMode::bridge, "bridge"},
    {Interface::MacvtapMode::vepa, "vepa"},
    {Interface::MacvtapMode::private_, "private"},
    {Interface::MacvtapMode::passthru, "passthru"},
});
inline constexpr std::array k_forwarded_from_spellings = std::to_array<Spelling<ForwardedPort::From>>({
    {ForwardedPort::From::host, "host"},
    {ForwardedPort::From::guest, "guest"},
});
inline constexpr std::array k_port_protocol_spellings = std::to_array<Spelling<ForwardedPort::Protocol>>({
    {ForwardedPort::Protocol::tcp, "tcp"},
    {ForwardedPort::Protocol::udp, "udp"},
});
inline constexpr std::array k_device_bus_spellings = std::to_array<Spelling<Device::Bus>>({
    {Device::Bus::pci, "pci"},
    {Device::Bus::usb, "usb"},
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
