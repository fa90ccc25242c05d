// SPDX-License-Identifier: Apache-2.0
// Where the formats write to, so that they need not know whether their text is secret.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "secret/buffer.h"

namespace vmcred::sops {

class TextSink {
 public:
  virtual ~TextSink() = default;
  virtual void append(std::string_view text) = 0;
};

// Writes the same text each time that it is called.
using TextWriter = std::function<base::Result<void>(TextSink&)>;

// Runs the writer twice: once for the size, once into locked memory of that size.
base::Result<secret::SecretBuffer> secret_text(const TextWriter& write);

// For text that is not secret.
base::Result<std::string> public_text(const TextWriter& write);

}  // namespace vmcred::sops
