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

}  // namespace vmcred::config
