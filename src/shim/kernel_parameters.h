// SPDX-License-Identifier: Apache-2.0
// Kernel parameters that were written by somebody else.
//
// Words are split as systemd's PID 1 does it for its own parameters: at white space outside of quotes, single
// or double, which are no part of the value; a backslash is a letter. Source: systemd's
// src/basic/proc-cmdline.c and src/core/import-creds.c; kernel-command-line(7).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "shim/taken.h"

namespace vmcred::shim {

// Adds the credentials of systemd.set_credential= and systemd.set_credential_binary= to `taken` and gives the
// rest. Fails with a `credential` error where PID 1 would drop one with a warning only.
base::Result<std::string> take_from_kernel_parameters(std::string_view text,
                                                      std::vector<TakenCredential>& taken);

// Replaces the kernel's first program by the one that sets the credentials up, in parameters that the
// hypervisor joins in this order. Gives the path of the program that was the first: what the last rdinit=
// says, or "/init" where that is empty or there is none. Fails with a usage error where it is no absolute
// path.
base::Result<std::string> exchange_init(std::vector<std::string>& texts);

struct ParametersWithInit {
  std::string text;
  std::string next_init;
};

// The same with parameters that are one text.
base::Result<ParametersWithInit> with_shim_init(std::string_view text);

}  // namespace vmcred::shim
