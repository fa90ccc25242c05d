// SPDX-License-Identifier: Apache-2.0
// Texts of QEMU's `key=value,key=value` options. A comma ends a value; a doubled one stands for itself.
// Source: QEMU's util/qemu-option.c.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "secret/buffer.h"

namespace vmcred::shim {

// The spellings of the two options that carry credentials.
inline constexpr std::array<std::string_view, 2> k_fw_cfg{"-fw_cfg", "--fw_cfg"};
inline constexpr std::array<std::string_view, 2> k_smbios{"-smbios", "--smbios"};

struct QemuPiece {
  std::string_view text;   // as it stands there
  std::string_view key;    // "" for a first value without one
  std::string_view value;  // commas still doubled
};

// The pieces point into the text.
std::vector<QemuPiece> split_qemu_option(std::string_view text);

// The value of a key, the last one.
std::optional<std::string_view> qemu_value(const std::vector<QemuPiece>& pieces, std::string_view key);

// A value with its commas single, as one that may be secret and as one that is not.
base::Result<secret::SecretBuffer> secret_qemu_value(std::string_view value);
std::string plain_qemu_value(std::string_view value);

}  // namespace vmcred::shim
