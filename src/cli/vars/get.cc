// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include "base/file.h"
#include "cli/vars/commands.h"
#include "cli/vars/listing.h"

namespace vmcred::cli {

// The bytes and nothing else; on a terminal a newline, where they end without one.
base::Result<void> run_vars_get(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  VMCRED_TRY_ASSIGN(const auto var, var_of_operands(*session, arguments));
  VMCRED_TRY_ASSIGN(const secret::SecretBuffer value, session->store().read(var.id(), var.visibility()));
  VMCRED_TRY(base::write_all(streams.out, value.bytes(), "standard output"));
  const bool ends_a_line = !value.empty() && value.bytes().back() == std::byte{'\n'};
  if (ends_a_line || ::isatty(streams.out) == 0) return {};
  return base::write_all(streams.out, std::as_bytes(std::span("\n", 1)), "standard output");
}

}  // namespace vmcred::cli
