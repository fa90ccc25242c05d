// SPDX-License-Identifier: Apache-2.0
// Recipients and identities that another program knows how to use: age-plugin-NAME, found in the absolute
// directories of $PATH and spoken to over pipes, one process an operation. The file key crosses in those
// pipes only. Source: C2SP "age-plugin" specification; what we make of it is in docs/age-ssh-and-plugins.md.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "age/identity.h"
#include "age/recipient.h"
#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::age {

// How a plugin talks with a person. This one has nobody to ask: it drops messages and fails what is
// requested. Texts come from the plugin; quote them before they reach a terminal. Called by one thread at a
// time for each operation.
class PluginUi {
 public:
  virtual ~PluginUi() = default;

  // False where there is nobody to show it to.
  virtual bool show(std::string_view plugin, std::string_view message) const;

  // Did the person choose `yes`? Nothing where nobody can be asked. An empty `no` means that there is one
  // choice.
  virtual std::optional<bool> confirm(std::string_view plugin, std::string_view message, std::string_view yes,
                                      std::string_view no) const;

  // The line that was typed; nothing where nobody can be asked. `hidden`: must not be echoed.
  enum class Echo { shown, hidden };
  virtual std::optional<secret::SecretBuffer> ask(std::string_view plugin, std::string_view message,
                                                  Echo echo) const;
};

// "age1NAME1…". `ui` may be null (nobody to ask) and must outlive the recipient. Its labels() are those that
// the plugin gave with the last wrap(); there are none before.
base::Result<std::unique_ptr<const Recipient>> parse_plugin_recipient(std::string_view text,
                                                                      const PluginUi* ui = nullptr);

// "AGE-PLUGIN-NAME-1…". The text stays in locked memory.
base::Result<std::unique_ptr<const Identity>> parse_plugin_identity(crypto::Bytes text,
                                                                    const PluginUi* ui = nullptr);

// Encrypts to whatever the identity opens, as plugins can tell without a recipient's text (age -e -i).
base::Result<std::unique_ptr<const Recipient>> plugin_recipient_of_identity(crypto::Bytes text,
                                                                            const PluginUi* ui = nullptr);

}  // namespace vmcred::age
