// SPDX-License-Identifier: Apache-2.0
// How every unit of ours begins.
#pragma once

#include <string_view>

#include "base/result.h"
#include "systemd/unit_text.h"
#include "unit/surroundings.h"

namespace vmcred::unit {

// A note for who reads the file, and [Unit] with the description and the config as source: systemctl then
// says that a reload is due when the config is newer. Fails where the config's path can't be written.
base::Result<void> add_head(std::string_view description, const Surroundings& surroundings,
                            systemd::UnitText& text);

// The note and [Unit] alone.
base::Result<void> add_drop_in_head(const Surroundings& surroundings, systemd::UnitText& text);

}  // namespace vmcred::unit
