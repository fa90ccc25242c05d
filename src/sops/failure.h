// SPDX-License-Identifier: Apache-2.0
// What went wrong with a SOPS file: the finer class of a base::Error (Error::detail). The numbers are the
// exit codes of the sops program, so that scripts written for it go on working.
#pragma once

#include "base/error.h"

namespace vmcred::sops {

enum class Failure {
  none = 0,
  generic = 1,        // no SOPS metadata, a bad version or time, no config, no keys
  unreadable = 2,     // the input can't be read or parsed
  unwritable = 3,     // the output can't be written
  emitting = 4,       // the output can't be put into its format
  bad_set_value = 7,  // `sops set` with a path or value that is none
  conflicting_options = 8,
  encrypting_tree = 23,  // an encrypted comment would pass for the rule's own
  decrypting_tree = 25,  // a value is tampered with, moved, or in plaintext where it should be encrypted
  keys_of_missing_file = 49,
  mac_mismatch = 51,  // values are each authentic, but not the set that was written; or there is no MAC
  bad_extract_path = 91,
  empty_file = 92,  // YAML without a document
  no_file = 100,
  no_key = 128,     // no identity opens the data key
  unchanged = 200,  // `sops edit` left the file as it was
  no_editor = 201,
  already_encrypted = 203,
};

// An error of this class. `what` is its sentence.
base::Error failed(Failure failure, std::string what, std::string hint = {});

// The class of an error that came from this room; `none` for others.
Failure failure_of(const base::Error& error);

}  // namespace vmcred::sops
