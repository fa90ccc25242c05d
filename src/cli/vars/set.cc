// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>
#include <array>

#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "cli/vars/change_report.h"
#include "cli/vars/commands.h"
#include "cli/vars/listing.h"
#include "command/output.h"
#include "store/commit_message.h"
#include "vars/sandbox.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::quoted;
using base::Result;
using secret::SecretBuffer;

Result<SecretBuffer> read_standard_input() {
  VMCRED_TRY_ASSIGN(SecretBuffer value, SecretBuffer::zeroed(vars::k_max_var_bytes + 1));
  VMCRED_TRY_ASSIGN(const std::size_t size,
                    base::read_up_to(STDIN_FILENO, value.writable_bytes(), "standard input"));
  if (size > vars::k_max_var_bytes)
    return base::Error{
        .kind = base::ErrorKind::credential,
        .what = concat("standard input has more than ", base::byte_count(vars::k_max_var_bytes))};
  return SecretBuffer::copy_of(value.bytes().first(size));
}

// Typed twice, or piped in byte for byte.
Result<SecretBuffer> read_value(std::string_view name) {
  if (::isatty(STDIN_FILENO) == 0) return read_standard_input();
  VMCRED_TRY_ASSIGN(const Terminal terminal, Terminal::open());
  return terminal.read_new_secret(concat("new value of ", name, ": "));
}

}  // namespace

Result<void> run_vars_set(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  VMCRED_TRY_ASSIGN(const auto var, var_of_operands(*session, arguments));
  const std::string name = store::path_of(var.id());
  VMCRED_TRY_ASSIGN(const SecretBuffer value, read_value(quoted(name)));
  if (value.empty())
    return base::Error{.kind = base::ErrorKind::credential,
                       .what = concat(quoted(name), ": the new value is empty"),
                       .hint = "a guest could not tell it from a secret that got lost"};
  VMCRED_TRY_ASSIGN(store::Transaction transaction, session->begin(arguments));
  const std::array values{vars::NewValue{.var = var, .bytes = value.bytes()}};
  VMCRED_TRY_ASSIGN(auto report, vars::set_values(session->workshop(), transaction, values));
  session->print_warnings(streams);
  const bool dry_run = arguments.has("--dry-run");
  if (!dry_run) VMCRED_TRY(transaction.commit(store::var_updated_message(var.id(), arguments.operand())));
  const ShownChange change{.values = std::move(report), .hashes = {}};
  return command::print(
      streams, arguments.has("--json") ? as_json(change) : as_text(change, dry_run ? "would set" : "set"));
}

}  // namespace vmcred::cli
