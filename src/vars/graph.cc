// SPDX-License-Identifier: Apache-2.0
#include "vars/graph.h"

#include <functional>
#include <queue>

namespace vmcred::vars {

Graph::Graph(std::vector<std::vector<std::size_t>> dependencies)
    : m_dependencies(std::move(dependencies)), m_dependents(m_dependencies.size()) {
  for (std::size_t i = 0; i < m_dependencies.size(); ++i)
    for (const std::size_t dependency : m_dependencies[i]) m_dependents[dependency].push_back(i);
}

std::vector<std::size_t> Graph::order() const {
  std::vector<std::size_t> waiting(size());
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> free;
  for (std::size_t i = 0; i < size(); ++i) {
    waiting[i] = m_dependencies[i].size();
    if (waiting[i] == 0) free.push(i);
  }
  std::vector<std::size_t> order;
  order.reserve(size());
  while (!free.empty()) {
    const std::size_t next = free.top();
    free.pop();
    order.push_back(next);
    for (const std::size_t dependent : m_dependents[next])
      if (--waiting[dependent] == 0) free.push(dependent);
  }
  return order;
}

}  // namespace vmcred::vars
