// SPDX-License-Identifier: Apache-2.0
// Another program's output, made safe to show: whole lines, at most 4,096 bytes each, control
// characters as \xNN.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace vmcred::vars {

class LineSplitter {
 public:
  // `line` must outlive this.
  explicit LineSplitter(const std::function<void(std::string_view)>& line) : m_line(line) {}

  void add(std::string_view bytes);

  // Gives out what is left without a newline at its end.
  void finish();

 private:
  const std::function<void(std::string_view)>& m_line;
  std::string m_pending;
};

}  // namespace vmcred::vars
