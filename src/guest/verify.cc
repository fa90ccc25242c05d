// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "command/output.h"
#include "guest/check.h"
#include "guest/commands.h"

namespace vmcred::guest {
namespace {

std::string line_for(const CheckedCredential& credential) {
  switch (credential.state) {
    case State::ok:
      return base::concat("ok  ", credential.name, "  ", base::byte_count(credential.size), "\n");
    case State::missing:
      return base::concat("MISSING  ", credential.name, ": expected ",
                          base::byte_count(credential.expected_size), "\n");
    case State::wrong_size:
      return base::concat("WRONG SIZE  ", credential.name, ": ", base::byte_count(credential.size),
                          ", expected ", credential.expected_size, "\n");
    case State::wrong_content:
      return base::concat("WRONG CONTENT  ", credential.name, ": ", base::byte_count(credential.size),
                          ", but not those that were sent\n");
  }
  return "";
}

std::string as_text(const Check& check) {
  std::string text;
  for (const auto& credential : check.credentials) text += line_for(credential);
  for (const auto& [name, size] : check.undeclared)
    text += base::concat("undeclared  ", command::shown_name(name), "  ", base::byte_count(size), "\n");
  return base::concat(text, check.verified(), " of ", base::counted(check.credentials.size(), "credential"),
                      " verified\n");
}

}  // namespace

base::Result<void> run_verify(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const auto directory, CredentialDirectory::open(arguments));
  VMCRED_TRY_ASSIGN(const Check check, check_directory(directory));
  if (arguments.has("--json")) {
    VMCRED_TRY(command::print(streams, base::concat("{", check_json(check), "}\n")));
  } else if (!arguments.has("--quiet")) {
    VMCRED_TRY(command::print(streams, as_text(check)));
  }
  if (!check.passed()) return check_error(check);
  return {};
}

}  // namespace vmcred::guest
