// SPDX-License-Identifier: Apache-2.0
// Texts for people and for programs. Nothing here takes a secret.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "guest/command.h"

namespace vmcred::guest {

base::Result<void> print(const Streams& streams, std::string_view text);

// "vmcred-guest: warning: …" to streams.error. Never fails: there is nowhere left to say so.
void warn(const Streams& streams, std::string_view text);

// The error, its further findings and the hints, to streams.error.
void print_error(const Streams& streams, const base::Error& error);

// The name of a file as a word of our output: as it is, or quoted where it holds control characters.
std::string shown_name(std::string_view name);

// A JSON string with its quotes. Bytes outside printable ASCII become \u00XX, so that the result is valid
// whatever the bytes are.
std::string json_string(std::string_view text);

}  // namespace vmcred::guest
