// SPDX-License-Identifier: Apache-2.0
// Where identities come from, as bytes in locked memory. Nothing here understands them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "secret/buffer.h"

namespace vmcred::store {

inline constexpr std::size_t k_max_identity_bytes = 1024UL * 1024;

// Takes a variable's value out of the environment: out of this process's view and of what it shows in
// /proc/PID/environ, as far as it is where the kernel put it. Nothing where it is unset or empty.
base::Result<std::optional<secret::SecretBuffer>> take_variable(const char* name);

// The value of a variable that holds no secret; "" where it is unset.
std::string variable(const char* name);

// A file, whole. Nothing where it is absent.
base::Result<std::optional<secret::SecretBuffer>> read_key_file(const std::string& path);

// What a command prints. It is split into words as a shell would (quotes and backslashes), and run without
// one.
base::Result<secret::SecretBuffer> output_of_key_command(const std::string& command);

// Puts keys that stand in one line, with blanks between them, on lines of their own. Comments stay, and
// PEM is left as it is.
void put_on_lines(secret::SecretBuffer& keys);

// "$XDG_CONFIG_HOME/NAME", else "$HOME/.config/NAME"; "" without either.
std::string in_config_home(std::string_view name);

// "$HOME/NAME"; "" without one.
std::string in_home(std::string_view name);

}  // namespace vmcred::store
