// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "config/decode.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;

std::vector<std::string> names_of(const std::vector<Generator>& generators) {
  std::vector<std::string> names;
  names.reserve(generators.size());
  for (const Generator& generator : generators) names.push_back(generator.name);
  return names;
}

// The text elements of the generator's "dependencies", which have been read before.
std::vector<const Node*> dependency_nodes(const Member& generator) {
  std::vector<const Node*> nodes;
  const auto* table = std::get_if<Node::Table>(&generator.value.value);
  if (table == nullptr) return nodes;
  const auto member = std::ranges::find(*table, "dependencies", &Member::key);
  const auto* array = member == table->end() ? nullptr : std::get_if<Node::Array>(&member->value.value);
  if (array == nullptr) return nodes;
  for (const Node& node : *array)
    if (std::holds_alternative<std::string>(node.value)) nodes.push_back(&node);
  return nodes;
}

// Generators and how many of their dependencies are still waited for; what can be made is taken out in turn.
class Graph {
 public:
  Graph(const std::vector<Generator>& generators, const GeneratorIndex& index)
      : m_edges(generators.size()), m_waiting(generators.size()), m_walk_of(generators.size()) {
    std::vector<std::vector<std::size_t>> dependants(generators.size());
    for (std::size_t i = 0; i < generators.size(); ++i) {
      for (const std::string& name : generators[i].dependencies) {
        const auto found = index.find(name);
        if (found == index.end()) continue;
        const auto dependency = static_cast<std::size_t>(found->second - generators.data());
        m_edges[i].push_back(dependency);
        dependants[dependency].push_back(i);
        ++m_waiting[i];
      }
    }
    settle(dependants);
  }

  // One after another, all cycles that share no generator; empty when there is none left.
  std::vector<std::size_t> take_cycle() {
    for (; m_next < m_edges.size(); ++m_next) {
      if (m_waiting[m_next] == 0) continue;
      if (auto cycle = walk(m_next); !cycle.empty()) return cycle;
    }
    return {};
  }

 private:
  void settle(const std::vector<std::vector<std::size_t>>& dependants) {
    std::vector<std::size_t> ready;
    for (std::size_t i = 0; i < m_waiting.size(); ++i)
      if (m_waiting[i] == 0) ready.push_back(i);
    while (!ready.empty()) {
      const std::size_t made = ready.back();
      ready.pop_back();
      for (const std::size_t dependant : dependants[made])
        if (--m_waiting[dependant] == 0) ready.push_back(dependant);
    }
  }

  // Every generator left over waits for another one left over, so following these must come to a place twice.
  std::vector<std::size_t> walk(std::size_t start) {
    std::vector<std::size_t> path;
    std::size_t at = start;
    while (m_walk_of[at] == 0) {
      m_walk_of[at] = start + 1;
      path.push_back(at);
      at = *std::ranges::find_if(m_edges[at], [&](std::size_t edge) { return m_waiting[edge] != 0; });
    }
    if (m_walk_of[at] != start + 1 || path.empty()) return {};
    path.erase(path.begin(), std::ranges::find(path, at));
    return path;
  }

  std::vector<std::vector<std::size_t>> m_edges;
  std::vector<std::size_t> m_waiting;
  std::vector<std::size_t> m_walk_of;  // which walk came here, by its start + 1
  std::size_t m_next = 0;
};

// What is made once can't be made from what each machine has its own of.
void check_shared(Context& context, const Node& node, const Generator& generator,
                  const Generator& dependency) {
  if (!generator.share || dependency.share) return;
  context.findings.add(node.location,
                       concat("shared generator ", quoted(generator.name), " can't depend on ",
                              quoted(dependency.name), ", which is made for each machine"),
                       concat("set 'share = true' in [generators.", dependency.name, "], or remove it here"));
}

}  // namespace

void check_dependencies(Context& context, const Node::Table& table, const std::vector<Generator>& generators,
                        const GeneratorIndex& index) {
  for (std::size_t i = 0; i < generators.size(); ++i) {
    const auto scope = context.findings.about({Subject::Kind::generator, table[i].key});
    for (const Node* node : dependency_nodes(table[i])) {
      const auto& name = std::get<std::string>(node->value);
      if (const auto found = index.find(name); found != index.end()) {
        check_shared(context, *node, generators[i], *found->second);
        continue;
      }
      context.findings.add(node->location, concat("no generator ", quoted(name), " to depend on",
                                                  base::did_you_mean(name, names_of(generators))));
    }
  }
  Graph graph(generators, index);
  for (auto cycle = graph.take_cycle(); !cycle.empty(); cycle = graph.take_cycle()) {
    std::string text;
    for (const std::size_t generator : cycle) text += concat(quoted(generators[generator].name), " -> ");
    text += quoted(generators[cycle.front()].name);
    const auto scope = context.findings.about({Subject::Kind::generator, table[cycle.front()].key});
    context.findings.add(table[cycle.front()].key_location,
                         concat("generators depend on each other: ", text));
  }
}

}  // namespace vmcred::config
