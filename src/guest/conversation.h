// SPDX-License-Identifier: Apache-2.0
// The guest's side of docs/formats/pull.md, over a connection that does not block.
//
// Errors of the kind `host` may be gone at the next attempt; all others stay.
#pragma once

#include "base/result.h"
#include "credential/credential.h"
#include "guest/deadline.h"

namespace vmcred::guest {

// Throws away what still arrives of an answer to an earlier request.
base::Result<void> discard_old_answer(int connection, Deadline deadline);

// Asks for the set and reads it. A `credential` error where the host has given it away already, or answers
// what is no answer.
base::Result<credential::CredentialSet> ask_for_set(int connection, Deadline deadline);

// Tells the host that the set is stored, and waits a little for it to hear that.
base::Result<void> say_taken(int connection, Deadline deadline);

}  // namespace vmcred::guest
