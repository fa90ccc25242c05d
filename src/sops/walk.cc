// SPDX-License-Identifier: Apache-2.0
#include "sops/walk.h"

#include <type_traits>
#include <utility>

namespace vmcred::sops {
namespace {

// Walks trees, const or not. What matched so far is kept as one flag for the way and one for the comments
// before the item at hand: a rule asks only whether any text matches.
template <typename Tree, typename LeafType, typename Visitor>
class Walk {
  template <typename T>
  using Same = std::conditional_t<std::is_const_v<Tree>, const T, T>;

 public:
  Walk(const RuleMatcher& rule, const Visitor& visit) : m_rule(rule), m_visit(visit) {}

  base::Result<void> map(Same<Map>& map, bool matched) {
    bool comments_matched = false;
    for (auto& entry : map.entries) VMCRED_TRY(step(entry, matched, comments_matched));
    return {};
  }

 private:
  base::Result<void> step(Same<Entry>& entry, bool matched, bool& comments_matched) {
    if (is_comment(entry.value)) return comment(std::get<Leaf>(entry.value.value), matched, comments_matched);
    const std::size_t length = m_path.size();
    m_path.append(entry.key).append(1, ':');
    const bool key_matched = !m_rule.reads_comments() && m_rule.matches(entry.key);
    auto result = node(entry.value, matched || comments_matched || key_matched);
    m_path.resize(length);
    comments_matched = false;
    return result;
  }

  base::Result<void> node(Same<Node>& node, bool matched) {
    if (auto* map_node = std::get_if<Map>(&node.value)) return map(*map_node, matched);
    if (auto* leaf = std::get_if<Leaf>(&node.value)) return visit(*leaf, matched);
    bool comments_matched = false;
    for (auto& item : std::get<Sequence>(node.value).items) {
      if (is_comment(item)) {
        VMCRED_TRY(comment(std::get<Leaf>(item.value), matched, comments_matched));
        continue;
      }
      auto* leaf = std::get_if<Leaf>(&item.value);
      VMCRED_TRY(leaf == nullptr ? this->node(item, matched || comments_matched)
                                 : visit(*leaf, matched || comments_matched, true));
      comments_matched = false;
    }
    return {};
  }

  // A comment that switches encryption on stays readable itself; one that switches it off does so for itself
  // too.
  base::Result<void> comment(LeafType& leaf, bool matched, bool& comments_matched) {
    const bool before = matched || comments_matched;
    if (m_rule.reads_comments() && m_rule.matches(file_text(leaf))) comments_matched = true;
    return visit(leaf, m_rule.encrypts_matches() ? before : matched || comments_matched);
  }

  // A reader of the file asks the rule before it has decrypted the comment.
  static std::string_view file_text(const Leaf& leaf) {
    return leaf.ciphertext.empty() ? text_of(leaf.plaintext.bytes()) : std::string_view(leaf.ciphertext);
  }

  base::Result<void> visit(LeafType& leaf, bool matched, bool in_sequence = false) {
    static const std::string k_top = ":";
    return m_visit(leaf, Place{.associated_data = m_path.empty() ? k_top : m_path,
                               .encrypted = matched == m_rule.encrypts_matches(),
                               .in_sequence = in_sequence});
  }

  const RuleMatcher& m_rule;
  const Visitor& m_visit;
  std::string m_path;
};

}  // namespace

base::Result<void> walk_leaves(std::vector<Map>& trees, const RuleMatcher& rule, const LeafVisitor& visit) {
  for (auto& tree : trees) VMCRED_TRY((Walk<Map, Leaf, LeafVisitor>(rule, visit).map(tree, false)));
  return {};
}

base::Result<void> walk_leaves(const std::vector<Map>& trees, const RuleMatcher& rule,
                               const ConstLeafVisitor& visit) {
  for (const auto& tree : trees)
    VMCRED_TRY((Walk<const Map, const Leaf, ConstLeafVisitor>(rule, visit).map(tree, false)));
  return {};
}

}  // namespace vmcred::sops
