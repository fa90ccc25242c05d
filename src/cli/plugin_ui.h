// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "age/plugin.h"
#include "secret/buffer.h"

namespace vmcred::cli {

// Lets plugins of age talk with whoever sits at the terminal. Without one it is as if nobody could be asked.
class TerminalPluginUi final : public age::PluginUi {
 public:
  bool show(std::string_view plugin, std::string_view message) const override;
  std::optional<bool> confirm(std::string_view plugin, std::string_view message, std::string_view yes,
                              std::string_view no) const override;
  std::optional<secret::SecretBuffer> ask(std::string_view plugin, std::string_view message,
                                          Echo echo) const override;
};

}  // namespace vmcred::cli
