// SPDX-License-Identifier: Apache-2.0
// Where commands write their results, and with which mode.
#pragma once

#include <sys/types.h>
#include <string>

namespace vmcred::cli {

// Where a link leads, as far as it leads anywhere: what it points to is replaced, and the link stays.
std::string resolved(const std::string& path);

// The mode that the umask gives new files. Protected processes have a umask of their own
// (secret/process_protection.h): to be asked for before.
mode_t usual_file_mode();

}  // namespace vmcred::cli
