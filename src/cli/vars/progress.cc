// SPDX-License-Identifier: Apache-2.0
#include "cli/vars/progress.h"

#include "base/text.h"
#include "cli/commands.h"
#include "command/output.h"

namespace vmcred::cli {

using base::concat;

void ProgressLines::starts(const store::GeneratorId& generator, vars::Reason reason) {
  command::print_note(m_streams,
                      concat("generating ", store::path_of(generator), " (", vars::text_of(reason), ")\n"));
}

void ProgressLines::script_line(const store::GeneratorId& generator, std::string_view line) {
  command::print_note(m_streams, concat(store::path_of(generator), ": ", line, "\n"));
}

void ProgressLines::warning(std::string_view text) { command::warn(k_program_name, m_streams, text); }

}  // namespace vmcred::cli
