// SPDX-License-Identifier: Apache-2.0
#include "unit/head.h"

namespace vmcred::unit {

base::Result<void> add_drop_in_head(const Surroundings& surroundings, systemd::UnitText& text) {
  VMCRED_TRY_ASSIGN(const std::string config, systemd::line_value(surroundings.config));
  text.comment("Made by vmcred-generator from ", config, ", and made again at each daemon-reload.");
  text.comment(
      "Change that file, or override single lines with 'systemctl edit'. A comment names the key that");
  text.comment("the lines below it come from.");
  text.section("Unit");
  return {};
}

base::Result<void> add_head(std::string_view description, const Surroundings& surroundings,
                            systemd::UnitText& text) {
  VMCRED_TRY(add_drop_in_head(surroundings, text));
  text.set("Description", systemd::sentence(description));
  text.set("SourcePath", *systemd::line_value(surroundings.config));
  return {};
}

}  // namespace vmcred::unit
