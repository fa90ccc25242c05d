// SPDX-License-Identifier: Apache-2.0
// Whatever a tree holds, it is the same tree after it was written and read.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <random>
#include <string>

#include "sops/canonical.h"
#include "sops/yaml.h"

namespace vmcred::sops {
namespace {

constexpr int k_trees = 3000;

class RandomTree {
 public:
  explicit RandomTree(std::uint32_t seed) : m_random(seed) {}

  Map map(unsigned depth) {
    Map map;
    const std::size_t count = below(6);
    for (std::size_t i = 0; i < count; ++i) {
      std::string key = text();
      if (find_entry(map, key) != nullptr) continue;
      add_comments(map.entries, [](Leaf leaf) { return Entry{.key = "", .value = {std::move(leaf)}}; });
      Node value = node(depth + 1);
      set_line_comment(map.entries.empty() ? nullptr : &map.entries.back().value, value);
      const bool plain = below(10) == 0 && key == "<<";
      map.entries.push_back({.key = std::move(key),
                             .value = std::move(value),
                             .key_style = plain ? KeyStyle::plain : KeyStyle::quoted});
    }
    add_comments(map.entries, [](Leaf leaf) { return Entry{.key = "", .value = {std::move(leaf)}}; });
    return map;
  }

 private:
  std::size_t below(std::size_t end) {
    return std::uniform_int_distribution<std::size_t>(0, end - 1)(m_random);
  }

  std::string text() {
    static const std::vector<std::string> k_pieces{
        "a",
        "b",
        " ",
        "\n",
        "\t",
        ":",
        "#",
        "-",
        "?",
        "'",
        "\"",
        "\\",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&",
        "*",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "~",
        "=",
        "\xc3\xbc",
        "\xc2\x85",
        "\xe2\x80\xa8",
        "\xf0\x9f\x94\x91",
        "\xef\xbb\xbf",
        "\x7f",
        "\x01",
        "\r",
        "null",
        "1",
        "0x1",
        "true",
        "1e3",
        ".inf",
        "<<",
        "yes",
        "1:30",
        "2001-01-01",
        "0.5",
        "_",
        "---",
        "...",
        std::string(1, '\0'),
        "ENC[",
        std::string(200, 'x'),
    };
    std::string text;
    for (std::size_t pieces = below(6); pieces > 0; --pieces) text += k_pieces[below(k_pieces.size())];
    return text;
  }

  static Leaf leaf(Leaf::Type type, const std::string& text) { return make_leaf(type, text).value(); }

  template <typename Part, typename Make>
  void add_comments(std::vector<Part>& parts, Make make) {
    while (below(5) == 0) {
      std::string comment = text();
      std::erase_if(comment,
                    [](char c) { return static_cast<unsigned char>(c) >= 0x7f || (c < ' ' && c != '\t'); });
      parts.push_back(make(leaf(Leaf::Type::comment, comment)));
    }
  }

  // Sometimes, the comment before a value stands behind it.
  void set_line_comment(Node* before, const Node& value) {
    if (before == nullptr || !is_comment(*before) || !std::holds_alternative<Leaf>(value.value)) return;
    std::get<Leaf>(before->value).at_line_end = below(2) == 0;
  }

  Node scalar() {
    switch (below(8)) {
      case 0:
        return {null_leaf().value()};
      case 1:
        return {boolean_leaf(below(2) == 0).value()};
      case 2:
        return {integer_leaf(static_cast<std::int64_t>(m_random()) << below(32)).value()};
      case 3:
        return {floating_leaf(std::ldexp(static_cast<double>(m_random()), static_cast<int>(below(200)) - 100))
                    .value()};
      case 4:
        return {leaf(Leaf::Type::timestamp, "2001-12-14T21:59:43.1-05:00")};
      case 5:
        return {leaf(Leaf::Type::string, "\xff" + text())};
      default:
        return {leaf(Leaf::Type::string, text())};
    }
  }

  Node node(unsigned depth) {
    const std::size_t kind = depth > 5 ? 0 : below(4);
    if (kind < 2) return scalar();
    if (kind == 2) return {map(depth)};
    Sequence sequence;
    for (std::size_t count = below(4); count > 0; --count) {
      add_comments(sequence.items, [](Leaf leaf) { return Node{std::move(leaf)}; });
      Node item = node(depth + 1);
      set_line_comment(sequence.items.empty() ? nullptr : &sequence.items.back(), item);
      hoist_comments(sequence.items, item);
      sequence.items.push_back(std::move(item));
    }
    add_comments(sequence.items, [](Leaf leaf) { return Node{std::move(leaf)}; });
    return {std::move(sequence)};
  }

  // Comments at the front of an item are written before its dash, and so read as the sequence's.
  static void hoist_comments(std::vector<Node>& items, Node& item) {
    if (auto* map = std::get_if<Map>(&item.value)) {
      const bool bare = std::ranges::all_of(map->entries, [](const Entry& e) { return is_comment(e.value); });
      while (!bare && is_comment(map->entries.front().value) && !stays(map->entries)) {
        items.push_back(std::move(map->entries.front().value));
        map->entries.erase(map->entries.begin());
      }
    } else if (auto* inner = std::get_if<Sequence>(&item.value)) {
      const bool bare = std::ranges::all_of(inner->items, is_comment);
      while (!bare && is_comment(inner->items.front()) && !stays(inner->items)) {
        items.push_back(std::move(inner->items.front()));
        inner->items.erase(inner->items.begin());
      }
    }
  }

  static const Node& node_of(const Entry& entry) { return entry.value; }
  static const Node& node_of(const Node& node) { return node; }

  // The first comment, where it is written behind the value that follows.
  template <typename Part>
  static bool stays(const std::vector<Part>& parts) {
    const Node& next = node_of(parts[1]);
    return std::get<Leaf>(node_of(parts[0]).value).at_line_end && std::holds_alternative<Leaf>(next.value) &&
           !is_comment(next);
  }

  std::mt19937 m_random;
};

TEST(YamlRandom, WhatIsWrittenIsReadAgain) {
  std::uint32_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  for (int i = 0; i < k_trees; ++i, ++seed) {
    std::vector<Map> trees;
    trees.push_back(RandomTree(seed).map(0));
    const auto text = emit_yaml(trees, static_cast<unsigned>(i % 3) * 2);
    ASSERT_TRUE(text.has_value()) << "seed " << seed;
    const std::string written(text_of(text->bytes()));
    const auto read = parse_yaml(text->bytes(), Reading::plain);
    ASSERT_TRUE(read.has_value()) << "seed " << seed << ": " << read.error().what << "\n" << written;
    ASSERT_EQ(read->size(), 1U) << "seed " << seed << "\n" << written;
    ASSERT_TRUE(equal_plaintext(trees.front(), read->front())) << "seed " << seed << "\n" << written;
    const auto again = emit_yaml(*read, static_cast<unsigned>(i % 3) * 2);
    ASSERT_EQ(text_of(again.value().bytes()), written) << "seed " << seed;
  }
}

}  // namespace
}  // namespace vmcred::sops
