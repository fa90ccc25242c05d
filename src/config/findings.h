// SPDX-License-Identifier: Apache-2.0
// Everything that is wrong with one config, collected so that it can be mended in one go.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/scope_exit.h"
#include "config/document.h"

namespace vmcred::config {

// What a finding is about, and so what can't be used because of it.
struct Subject {
  enum class Kind { everything, generator, vm };
  Kind kind = Kind::everything;
  std::string_view name = {};

  bool operator==(const Subject&) const = default;
};

class Findings {
 public:
  // `path` is the config file's and must outlive this, as the names of subjects must.
  explicit Findings(std::string_view path) : m_path(path) {}

  // What is added while the result lives is about this.
  auto about(Subject subject) {
    return base::ScopeExit([this, before = std::exchange(m_subject, subject)] { m_subject = before; });
  }

  void add(Location location, std::string_view sentence, std::string_view hint = {});

  bool empty() const { return m_findings.empty(); }

  // Is any about what the next one would be about?
  bool any_about_current() const;

  // One error that holds all of them in the order of the file. There must be one.
  base::Error take() &&;

  // One error that holds those about `subject`, if there are any.
  std::optional<base::Error> error_about(Subject subject) const;

 private:
  struct Finding {
    Location location;
    Subject subject;
    base::Error error;
  };

  std::string_view m_path;
  Subject m_subject;
  std::vector<Finding> m_findings;  // in the order of the file
};

}  // namespace vmcred::config
