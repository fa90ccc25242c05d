// SPDX-License-Identifier: Apache-2.0
// Who depends on whom, among generators that are known by their number.
#pragma once

#include <span>
#include <vector>

namespace vmcred::vars {

class Graph {
 public:
  // dependencies[i] are those of generator i. There must be no cycle: config::load() refuses them.
  explicit Graph(std::vector<std::vector<std::size_t>> dependencies);

  std::size_t size() const { return m_dependencies.size(); }
  std::span<const std::size_t> dependencies(std::size_t generator) const { return m_dependencies[generator]; }
  std::span<const std::size_t> dependents(std::size_t generator) const { return m_dependents[generator]; }

  // All generators, each behind its dependencies; of those that are free to run, the lowest number goes
  // first.
  std::vector<std::size_t> order() const;

 private:
  std::vector<std::vector<std::size_t>> m_dependencies;
  std::vector<std::vector<std::size_t>> m_dependents;
};

}  // namespace vmcred::vars
