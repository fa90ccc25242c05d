// SPDX-License-Identifier: Apache-2.0
// What units depend on besides the config.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace vmcred::unit {

// Where the programs are that units start.
struct Programs {
  std::string vmcred = "/usr/bin/vmcred";
  std::string provider = "/usr/libexec/vmcred/vmcred-provider";
  std::string busctl = "/usr/bin/busctl";
  std::string systemctl = "/usr/bin/systemctl";
  std::string sleep = "/usr/bin/sleep";
};

struct Surroundings {
  std::string config;  // the config's absolute path
  Programs programs = {};
  bool has_template = false;  // somebody else brings microvm@.service
  bool has_target = false;    // and microvms.target
};

// The folder of the config's pins, which may not be there.
std::string pins_of(const Surroundings& surroundings);

// Ours are installed below one prefix: this program's own place ("PREFIX/bin/NAME",
// "PREFIX/lib/systemd/system-generators/NAME") tells it. "/usr" where `self` is neither.
Programs programs_beside(std::string_view self);

// Where systemd looks for units that are not made by generators.
std::span<const std::string_view> unit_directories();

// What is in these directories, for a config at `config`.
Surroundings survey(std::string config, std::span<const std::string_view> directories = unit_directories());

}  // namespace vmcred::unit
