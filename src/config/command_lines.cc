// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "config/decode.h"
#include "config/path.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;

// Its first element is a program: a name to look up in $PATH, or a path like the others.
void read_command(const TableReader& reader, std::string_view key, std::vector<std::string>& command) {
  reader.read_lines(key, command);
  if (command.empty()) return;
  std::string& program = command.front();
  if (program.empty())
    reader.report(key, concat("the first element of ", quoted(key), ", the program, is empty"));
  else if (program.find('/') != std::string::npos)
    program = anchored(reader.context().directory, program);
}

}  // namespace

void refuse_credentials(const TableReader& reader, std::string_view key,
                        const std::vector<std::string>& lines) {
  const auto carries_one = [](const std::string& line) {
    return line.find("io.systemd.credential") != std::string::npos ||
           line.find("systemd.set_credential") != std::string::npos;
  };
  if (std::ranges::any_of(lines, carries_one))
    reader.report(key, concat(quoted(key), " must not carry a credential: command lines are world-readable"),
                  "use 'secrets' or 'static' instead");
}

void decode_command_lines(const TableReader& reader, VirtualMachine& vm) {
  reader.read_lines("kernel_params", vm.kernel_params);
  reader.read_lines("extra_args", vm.extra_args);
  read_command(reader, "pre_start", vm.pre_start);
  refuse_credentials(reader, "kernel_params", vm.kernel_params);
  refuse_credentials(reader, "extra_args", vm.extra_args);
  refuse_credentials(reader, "pre_start", vm.pre_start);
  reader.read_line("process_name", vm.process_name);
}

}  // namespace vmcred::config
