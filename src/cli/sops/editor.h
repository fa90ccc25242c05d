// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"

namespace vmcred::cli {

// While one of these lives, signals to end this process wait for it: plaintext must be wiped first.
class SignalsHeld {
 public:
  SignalsHeld();
  SignalsHeld(const SignalsHeld&) = delete;
  SignalsHeld& operator=(const SignalsHeld&) = delete;
  ~SignalsHeld();

  // Has one come? ^C does not count: it is meant for the editor.
  static bool told_to_end();
};

// Runs $SOPS_EDITOR, $EDITOR, vim, nano or vi on the file and waits for its end. Fails with `no_editor` where
// there is none, and where it fails.
base::Result<void> run_editor(const std::string& path);

// Waits for the Enter key. False where there is no terminal, the input ends, or a signal to end comes, ^C
// included.
bool wait_for_enter();

}  // namespace vmcred::cli
