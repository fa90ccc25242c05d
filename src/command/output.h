// SPDX-License-Identifier: Apache-2.0
// Texts for people and for programs. Nothing here takes a secret.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "command/program.h"

namespace vmcred::command {

base::Result<void> print(const Streams& streams, std::string_view text);

// A whole line or more to streams.error. Never fails: there is nowhere left to say so.
void print_note(const Streams& streams, std::string_view text);

// "PROGRAM: warning: …" to streams.error.
void warn(std::string_view program, const Streams& streams, std::string_view text);

// The error, its hint, and its further findings, to streams.error; in colour on a terminal, unless $NO_COLOR
// is set.
void print_error(std::string_view program, const Streams& streams, const base::Error& error);

// The name of a file as a word of our output: as it is, or quoted where it holds control characters.
std::string shown_name(std::string_view name);

// A JSON string with its quotes. Bytes outside printable ASCII become \u00XX, so that the result is valid
// whatever the bytes are.
std::string json_string(std::string_view text);

}  // namespace vmcred::command
