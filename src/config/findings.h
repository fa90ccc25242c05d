// SPDX-License-Identifier: Apache-2.0
// Everything that is wrong with one config, collected so that it can be mended in one go.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"

namespace vmcred::config {

class Findings {
 public:
  // `path` is the config file's and must outlive this.
  explicit Findings(std::string_view path) : m_path(path) {}

  void add(Location location, std::string_view sentence, std::string_view hint = {});

  bool empty() const { return m_findings.empty(); }

  // One error that holds all of them in the order of the file. There must be one.
  base::Error take() &&;

 private:
  struct Finding {
    Location location;
    base::Error error;
  };

  std::string_view m_path;
  std::vector<Finding> m_findings;  // in the order of the file
};

}  // namespace vmcred::config
