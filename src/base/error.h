// SPDX-License-Identifier: Apache-2.0
// What went wrong, as a value: a kind to act on, a sentence for people, and a way to mend it.
//
// Texts are lower case, end without a full stop, and never contain a secret's bytes: no function here takes
// anything that could hold them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vmcred::base {

// Each kind has one exit code, see cli/exit_code.h and docs/exit-codes.md.
enum class ErrorKind {
  usage,       // the command line is wrong
  config,      // vmcred.toml is wrong
  credential,  // a secret is missing, empty, too large, unreadable or badly named
  host,        // the host lacks something: a program, a file, a user, a kernel feature
  refused,     // a security rule forbids to go on
  vmm,         // the hypervisor did not do what it was asked
  verify,      // the guest's credentials are not the ones that were sent
  not_yet,     // a part of the design that this version lacks
  io,          // a system call failed
};

struct Error {
  ErrorKind kind;
  std::string what;                // one sentence, naming what it is about
  std::string hint = {};           // what to do now, with the command; may be empty
  std::vector<Error> others = {};  // further, independent findings of the same check
  int detail = 0;                  // a room's own finer class, see age/failure.h and sops/failure.h; 0: none

  // "vm 'x'" in front of "secret 'y' is empty" gives "vm 'x': secret 'y' is empty", for all findings.
  Error in(std::string_view context) &&;

  // The same error with a hint, unless it has one already.
  Error with_hint(std::string_view text) &&;
};

// An io error that names the path or object and what errno says: "/run/x: permission denied".
Error errno_error(std::string_view subject, int error_number);

// As above, for the calling thread's errno.
Error errno_error(std::string_view subject);

// strerror in lower case, independent of the locale.
std::string errno_text(int error_number);

// Joins the findings of a check that goes on after the first one. `findings` must not be empty.
Error first_with_others(std::vector<Error> findings);

}  // namespace vmcred::base
