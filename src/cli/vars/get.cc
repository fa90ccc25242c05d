// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/text.h"
#include "cli/vars/commands.h"
#include "cli/vars/listing.h"
#include "command/output.h"
#include "secret/base64.h"

namespace vmcred::cli {

namespace {

using base::Result;
using secret::SecretBuffer;

// The bytes and nothing else; on a terminal a newline, where they end without one.
Result<void> print_value(const command::Streams& streams, const SecretBuffer& value) {
  VMCRED_TRY(base::write_all(streams.out, value.bytes(), "standard output"));
  const bool ends_a_line = !value.empty() && value.bytes().back() == std::byte{'\n'};
  if (ends_a_line || ::isatty(streams.out) == 0) return {};
  return command::print(streams, "\n");
}

// Put together by hand: the value must not pass through a library that keeps it.
Result<void> print_json(const command::Streams& streams, const vars::DeclaredVar& var,
                        const SecretBuffer& value) {
  VMCRED_TRY_ASSIGN(SecretBuffer base64, SecretBuffer::zeroed(secret::base64_length(value.size())));
  secret::base64_encode(value.bytes(), base64.writable_bytes());
  const bool is_secret = var.visibility() == store::Visibility::secret;
  VMCRED_TRY(command::print(
      streams, base::concat("{\n  \"var\": ", nlohmann::json(store::path_of(var.id())).dump(),
                            ",\n  \"secret\": ", is_secret ? "true" : "false", ",\n  \"value_base64\": \"")));
  VMCRED_TRY(base::write_all(streams.out, base64.bytes(), "standard output"));
  return command::print(streams, "\"\n}\n");
}

}  // namespace

Result<void> run_vars_get(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  VMCRED_TRY_ASSIGN(const auto var, var_of_operands(*session, arguments));
  VMCRED_TRY_ASSIGN(const SecretBuffer value, session->store().read(var.id(), var.visibility()));
  return arguments.has("--json") ? print_json(streams, var, value) : print_value(streams, value);
}

}  // namespace vmcred::cli
