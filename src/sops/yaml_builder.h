// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/result.h"
#include "sops/reading.h"
#include "sops/tree.h"
#include "sops/yaml_events.h"

namespace vmcred::sops {

// Builds trees from events. A comment stands in the tree before the entry that it precedes or whose line it
// ends; at the end of a map or sequence, inside it as far as it is indented as its entries are. This is where
// sops puts comments that it has written itself, on which their associated data depends.
class YamlBuilder {
 public:
  // `events` must outlive the builder.
  YamlBuilder(const std::vector<YamlEvent>& events, Reading reading) : m_events(events), m_reading(reading) {}

  base::Result<std::vector<Map>> build();

 private:
  // The next event; its comments become pending.
  const YamlEvent& advance();

  base::Result<Map> document();
  base::Result<Node> node(const YamlEvent& event, std::size_t depth);
  base::Result<Node> scalar(const YamlEvent& event);
  base::Result<Node> alias(const YamlEvent& event, std::size_t depth);
  base::Result<Map> map(const YamlEvent& start, std::size_t depth);
  base::Result<void> add_entry(Map& map, const YamlEvent& key, std::size_t depth);
  base::Result<Sequence> sequence(const YamlEvent& start, std::size_t depth);
  base::Result<void> add_item(Sequence& sequence, const YamlEvent& event, std::size_t depth);

  // A value and, before it, the comment behind it.
  template <typename Collection>
  base::Result<Node> value_in(Collection& collection, const YamlEvent& event, std::size_t depth);

  std::size_t count_trailing(const YamlEvent& start) const;
  std::size_t count_before_value(const YamlEvent& value, std::size_t count_before_key) const;
  template <typename Collection>
  base::Result<void> place_pending(Collection& collection, std::size_t count);
  base::Result<Leaf> comment_leaf(const YamlComment& comment) const;

  const std::vector<YamlEvent>& m_events;
  Reading m_reading;
  std::size_t m_next = 0;
  std::size_t m_nodes_from_aliases = 0;
  std::vector<const YamlComment*> m_pending;  // passed, but not placed yet
  std::vector<std::size_t> m_open_targets;    // of aliases that are being expanded
};

}  // namespace vmcred::sops
