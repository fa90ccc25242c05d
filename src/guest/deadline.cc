// SPDX-License-Identifier: Apache-2.0
#include "guest/deadline.h"

#include <charconv>

#include "base/text.h"

namespace vmcred::guest {
namespace {

constexpr int k_max_timeout_seconds = 24 * 60 * 60;

}  // namespace

base::Result<std::chrono::seconds> timeout_of(const command::Arguments& arguments,
                                              std::chrono::seconds default_timeout) {
  const auto text = arguments.value("--timeout");
  if (!text) return default_timeout;
  int seconds = -1;
  const char* end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, seconds);
  if (error != std::errc() || rest != end || seconds < 0 || seconds > k_max_timeout_seconds)
    return base::Error{
        .kind = base::ErrorKind::usage,
        .what = base::concat("--timeout takes whole seconds, at most ", k_max_timeout_seconds)};
  return std::chrono::seconds(seconds);
}

}  // namespace vmcred::guest
