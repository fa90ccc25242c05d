// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "command/program.h"
#include "vars/run.h"

namespace vmcred::cli {

// A line on stderr for each generator that runs, and for each line that its script prints.
class ProgressLines final : public vars::Progress {
 public:
  explicit ProgressLines(const command::Streams& streams) : m_streams(streams) {}

  void starts(const store::GeneratorId& generator, vars::Reason reason) override;
  void script_line(const store::GeneratorId& generator, std::string_view line) override;
  void warning(std::string_view text) override;

 private:
  const command::Streams& m_streams;
};

}  // namespace vmcred::cli
