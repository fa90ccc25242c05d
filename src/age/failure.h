// SPDX-License-Identifier: Apache-2.0
// Why an age file could not be read: the finer class of a base::Error (Error::detail), as the specification's
// test vectors name them.
#pragma once

#include "base/error.h"

namespace vmcred::age {

enum class Failure {
  none = 0,
  no_match = 0x100,  // well-formed, but no identity opens it
  hmac,              // an identity opened it, but the header is not the one that was written
  header,            // the header is malformed, or a stanza for us is
  payload,           // the header is right; a chunk is not, or they end too early or too late
  armor,             // the armor is malformed
};

// An error of this class. `what` is its sentence.
base::Error failed(Failure failure, std::string what, std::string hint = {});

// The class of an error that came from this room; `none` for others.
Failure failure_of(const base::Error& error);

}  // namespace vmcred::age
