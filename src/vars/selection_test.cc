// SPDX-License-Identifier: Apache-2.0
// Small graphs by hand, then random ones against what must hold for each.
#include "vars/selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <random>
#include <set>

namespace vmcred::vars {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Conditions = std::vector<Condition>;
using Indices = std::vector<std::size_t>;
constexpr Condition k_present = Condition::present;
constexpr Condition k_missing = Condition::missing;

TEST(Graph, OrdersByNumberWhereDependenciesAllow) {
  EXPECT_THAT(Graph({{}, {}, {}}).order(), ElementsAre(0, 1, 2));
  EXPECT_THAT(Graph({{2}, {}, {}}).order(), ElementsAre(1, 2, 0));
  EXPECT_THAT(Graph({{1}, {2}, {}}).order(), ElementsAre(2, 1, 0));
}

TEST(Graph, TakesALongChain) {
  std::vector<Indices> dependencies(100'000);
  for (std::size_t i = 0; i + 1 < dependencies.size(); ++i) dependencies[i] = {i + 1};
  EXPECT_EQ(Graph(std::move(dependencies)).order().front(), 99'999U);
}

TEST(Select, NothingWhereAllIsPresent) {
  EXPECT_THAT(select(Graph({{}, {0}}), Conditions{k_present, k_present}, Indices{0, 1}, Anew::no), IsEmpty());
}

// 0 <- 1 <- 2, and 3 alone.
const Graph k_chain({{}, {0}, {1}, {}});

TEST(Select, AMissingOneRunsWithItsDependents) {
  EXPECT_THAT(select(k_chain, Conditions{k_present, k_missing, k_present, k_present}, Indices{1}, Anew::no),
              ElementsAre(Step{1, Reason::missing}, Step{2, Reason::dependent}));
}

TEST(Select, AMissingDependencyOfAnotherMachineIsPulledIn) {
  EXPECT_THAT(select(k_chain, Conditions{k_missing, k_missing, k_present, k_missing}, Indices{1}, Anew::no),
              ElementsAre(Step{0, Reason::missing}, Step{1, Reason::missing}, Step{2, Reason::dependent}));
}

TEST(Select, TheDependencyOfADependentIsPulledIn) {
  // 2 depends on 0, which is wanted, and on 1, which is missing.
  EXPECT_THAT(
      select(Graph({{}, {}, {0, 1}}), Conditions{k_present, k_missing, k_present}, Indices{0}, Anew::yes),
      ElementsAre(Step{0, Reason::requested}, Step{1, Reason::missing}, Step{2, Reason::dependent}));
}

TEST(Select, WhatIsWantedAnewRunsThoughItIsPresent) {
  EXPECT_THAT(select(k_chain, Conditions(4, k_present), Indices{1}, Anew::yes),
              ElementsAre(Step{1, Reason::requested}, Step{2, Reason::dependent}));
}

TEST(Select, StaleAndInvalidOnesRun) {
  EXPECT_THAT(select(k_chain, Conditions{k_present, Condition::stale, k_present, Condition::invalid},
                     Indices{1, 3}, Anew::no),
              ElementsAre(Step{1, Reason::stale}, Step{2, Reason::dependent}, Step{3, Reason::invalid}));
}

TEST(Select, WhatNobodyWantsIsLeftAlone) {
  EXPECT_THAT(select(k_chain, Conditions(4, k_missing), Indices{}, Anew::yes), IsEmpty());
  EXPECT_THAT(select(k_chain, Conditions(4, k_missing), Indices{3}, Anew::no),
              ElementsAre(Step{3, Reason::missing}));
}

class RandomGraph {
 public:
  explicit RandomGraph(std::mt19937_64& random) : m_random(random) {
    m_dependencies.resize(below(30) + 1);
    // Numbers say nothing of the order.
    Indices rank(m_dependencies.size());
    for (std::size_t i = 0; i < rank.size(); ++i) rank[i] = i;
    std::ranges::shuffle(rank, random);
    for (std::size_t i = 0; i < rank.size(); ++i)
      for (std::size_t j = 0; j < rank.size(); ++j)
        if (rank[j] < rank[i] && below(8) == 0) m_dependencies[i].push_back(j);
    for (std::size_t i = 0; i < rank.size(); ++i) {
      m_conditions.push_back(below(2) == 0 ? k_present : static_cast<Condition>(below(4)));
      if (below(3) == 0) m_wanted.push_back(i);
    }
    m_anew = below(3) == 0 ? Anew::yes : Anew::no;
  }

  std::vector<Step> select() const { return vars::select(graph(), m_conditions, m_wanted, m_anew); }
  Graph graph() const { return Graph(m_dependencies); }

  // The least set that the rules of selection.h allow, by going over them until nothing changes.
  std::set<std::size_t> expected() const {
    std::set<std::size_t> runs;
    for (const std::size_t i : m_wanted)
      if (m_anew == Anew::yes || m_conditions[i] != k_present) runs.insert(i);
    for (std::size_t before = runs.size() + 1; before != runs.size();) {
      before = runs.size();
      for (std::size_t i = 0; i < m_dependencies.size(); ++i)
        for (const std::size_t dependency : m_dependencies[i]) {
          if (runs.contains(dependency)) runs.insert(i);
          if (runs.contains(i) && m_conditions[dependency] != k_present) runs.insert(dependency);
        }
    }
    return runs;
  }

  void make_present(const std::vector<Step>& steps) {
    for (const Step& step : steps) m_conditions[step.generator] = k_present;
    m_anew = Anew::no;
  }

 private:
  std::size_t below(std::size_t limit) { return m_random() % limit; }

  std::mt19937_64& m_random;
  std::vector<Indices> m_dependencies;
  Conditions m_conditions;
  Indices m_wanted;
  Anew m_anew = Anew::no;
};

TEST(Select, HoldsItsRulesOnRandomGraphs) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 2000; ++round) {
    RandomGraph graph(random);
    const auto steps = graph.select();
    std::set<std::size_t> done;
    const Graph plain = graph.graph();
    std::set<std::size_t> runs;
    for (const Step& step : steps) runs.insert(step.generator);
    ASSERT_EQ(runs, graph.expected());
    ASSERT_EQ(runs.size(), steps.size()) << "nothing runs twice";
    for (const Step& step : steps) {
      for (const std::size_t dependency : plain.dependencies(step.generator))
        ASSERT_TRUE(!runs.contains(dependency) || done.contains(dependency)) << "dependencies run first";
      done.insert(step.generator);
    }
    ASSERT_EQ(steps, graph.select()) << "the same each time";
    graph.make_present(steps);
    ASSERT_THAT(graph.select(), IsEmpty()) << "a second run does nothing";
  }
}

}  // namespace
}  // namespace vmcred::vars
