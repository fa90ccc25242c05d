// SPDX-License-Identifier: Apache-2.0
// vmcred-generator(8): what PID 1 runs at boot and at each daemon-reload, and waits for. It reads the config
// and nothing else: no secret, no user, no other program. Source: systemd.generator(7).
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace vmcred::unit {

// The config that units are made from: $VMCRED_CONFIG, /etc/vmcred/vmcred.toml, /etc/vmcred/vmcred.json,
// whichever comes first; "" where there is none.
std::string generator_config();

// `words` are the directories that systemd names: normal, early, late. Writes into the first. Returns the
// exit code: 0 also where single VMs are broken, 1 where the config as a whole is, or a file can't be
// written, 2 for other words.
int run_generator(std::span<const std::string_view> words);

}  // namespace vmcred::unit
