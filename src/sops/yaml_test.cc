// SPDX-License-Identifier: Apache-2.0
#include "sops/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sops/failure.h"

namespace vmcred::sops {
namespace {

using testing::HasSubstr;

std::string written(const std::vector<Map>& trees, unsigned indent = 0) {
  const auto text = emit_yaml(trees, indent);
  return text ? std::string(text_of(text->bytes())) : "failed: " + text.error().what;
}

// What the text becomes when it is read and written again.
std::string rewritten(std::string_view text) {
  const auto trees = parse_yaml(bytes_of(text), Reading::plain);
  return trees ? written(*trees) : "failed: " + trees.error().what;
}

std::string problem_of(std::string_view text) {
  const auto trees = parse_yaml(bytes_of(text), Reading::plain);
  return trees ? "" : trees.error().what;
}

TEST(Yaml, WhatIsInBlockStyleStaysAsItIs) {
  for (const char* text : {
           "a: 1\n",
           "a:\n    b:\n        - 1\n        - x: 1\n          \"y\": 2\n        - - deep\n          - er\n",
           "a: |\n    two\n    lines\n",
           "a: |-\n    two\n    lines\n",
           "a: |+\n    two\n\nb: 1\n",
           "a: |4\n      indented\n    less\n",
           "a:\n    - |2-\n       indented\n      less\n",
           "a: ENC[AES256_GCM,data:oYyi,iv:MyI=,tag:t5z2,type:str]\n",
           "a: \"\"\nb: \"yes\"\nc: \"1\"\nd: 'x: y'\ne: null\nf: true\ng: 1.5\nh: \"null\"\n",
           "a: {}\nb: []\n",
           "a: 1\n---\nb: 2\n",
           "!!merge <<:\n    a: 1\n",
           "a: 2001-12-14T21:59:43.1-05:00\nb: \"2001-12-14\"\n",
           "a: \"\\U0001F511\"\nb: ü\n",
       }) {
    EXPECT_EQ(rewritten(text), text);
  }
}

TEST(Yaml, CommentsStayInTheirPlaces) {
  for (const char* text : {
           "# first\na: 1 # behind\n# before b\nb:\n    # inside, first\n    c: 1\n    # inside, last\n# "
           "last\n",
           "a:\n    - x # behind\n    # before y\n    - \"y\"\n    # last item\n# of the top\nb: |- # "
           "behind\n    x\n    z\n",
           "a:\n    b:\n        c: 1\n        # deep\n    # less deep\n# top\n",
           "a:\n    # before the dash\n    - b: 1\n      # in the item\n",
           "# of an empty one\n{}\n",
           "a:\n    b: {\n        # alone\n        }\n    c: [\n        # alone\n        ]\n",
           "a: 1\n# end of the first\n---\n# of the second\nb: 1\n",
       }) {
    EXPECT_EQ(rewritten(text), text);
  }
}

struct Rewriting {
  const char* text;
  const char* result;
};

TEST(Yaml, OtherWaysToSayTheSameAreNormalised) {
  for (const auto& [text, result] : {
           Rewriting{"{a: [1, two], b: {c: 3}}\n", "a:\n    - 1\n    - two\nb:\n    c: 3\n"},
           Rewriting{"a: &x\n  k: 1\nb: *x\nc: [*x]\n", "a:\n    k: 1\nb:\n    k: 1\nc:\n    - k: 1\n"},
           Rewriting{"a: &x {k: 1}\nb:\n  <<: *x\n", "a:\n    k: 1\nb:\n    !!merge <<:\n        k: 1\n"},
           Rewriting{"a:\n- 1\n# before two\n- 2\n# before b\nb: 3\n",
                     "a:\n    - 1\n    # before two\n    - 2\n# before b\nb: 3\n"},
           Rewriting{"a: # of a\n  b: 1\n", "# of a\na:\n    b: 1\n"},
           Rewriting{"a: {b: 1} # of a\n", "# of a\na:\n    b: 1\n"},
           Rewriting{"a:\n- # of the item\n  b: 1\n", "a:\n    # of the item\n    - b: 1\n"},
           Rewriting{"a: >\n  folded\n  text\nb: 'it''s'\n\"c\": \"\\x41\"\n",
                     "a: |\n    folded text\nb: it's\nc: A\n"},
           Rewriting{"\xef\xbb\xbf"
                     "a: 1\r\nb: 2\r\n",
                     "a: 1\nb: 2\n"},
           Rewriting{"%YAML 1.1\n# before\n---\na: 1\n...\n# behind\n---\n",
                     "# before\na: 1\n---\n# behind\n{}\n"},
           Rewriting{"a: !!str 1\nb: !!int \"2\"\nc: !!float 3\nd: !!binary aGk=\n",
                     "a: \"1\"\nb: 2\nc: 3.0\nd: hi\n"},
           Rewriting{"a: 1 # one\n# two\n", "a: 1 # one\n# two\n"},
           Rewriting{"a: \"#no\"\nb: x#no\nc: |\n  # no\n", "a: '#no'\nb: x#no\nc: |\n    # no\n"},
           Rewriting{"a: &x # c\n  b: 1\n", "# c\na:\n    b: 1\n"},
       }) {
    EXPECT_EQ(rewritten(text), result);
  }
}

TEST(Yaml, RefusesWhatATreeCannotHold) {
  for (const auto& [text, problem] : {
           Rewriting{"- 1\n", "line 1: the top level is not a map"},
           Rewriting{"word\n", "line 1: the top level is not a map"},
           Rewriting{"1: a\n", "line 1: the key '1' is no string"},
           Rewriting{"a:\n  true: a\n", "line 2: the key 'true' is no string"},
           Rewriting{"? [a]\n: b\n", "line 1: a key is no string"},
           Rewriting{"a: 1\na: 2\n", "line 2: the key 'a' comes twice in its map"},
           Rewriting{"a: !own 1\n", "line 1: the tag '!own' has no place in an encrypted file"},
           Rewriting{"a: !!set {b: 1}\n",
                     "line 1: the tag 'tag:yaml.org,2002:set' has no place in an encrypted file"},
           Rewriting{"a: !!int x\n", "line 1: a value is not what its tag !!int says"},
           Rewriting{"a: !!binary '*'\n", "line 1: a value with the tag !!binary is no base64"},
           Rewriting{"a: 9223372036854775808\n", "line 1: an integer has more than 63 bits"},
           Rewriting{"a: *x\n", "line 1: an alias to an anchor that is not there"},
           Rewriting{"a: &x [*x]\n", "line 1: an alias stands inside of what it stands for"},
           Rewriting{"a: [\n", "line 2: did not find expected node content"},
           Rewriting{"", "the file holds no value"},
           Rewriting{"# only this\n", "the file holds no value"},
       }) {
    EXPECT_EQ(problem_of(text), problem) << text;
  }
}

TEST(Yaml, RefusesWhatIsMadeToBeLarge) {
  std::string laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char name = 'b'; name < 'k'; ++name) {
    laughs += std::string(1, name) + ": &" + name + " [";
    for (int i = 0; i < 10; ++i) laughs += std::string(i > 0 ? ", *" : "*") + static_cast<char>(name - 1);
    laughs += "]\n";
  }
  EXPECT_THAT(problem_of(laughs), HasSubstr("too many values from aliases"));
  EXPECT_THAT(problem_of("a: " + std::string(200, '[')), HasSubstr("more than 128 levels"));
}

TEST(Yaml, EncryptedTextsAreLeavesOfTheirOwn) {
  const auto trees =
      parse_yaml(bytes_of("#ENC[AES256_GCM,data:x,iv:x,tag:x,type:comment]\na: ENC[AES256_GCM,x]\n"),
                 Reading::encrypted);
  ASSERT_TRUE(trees.has_value());
  for (const Entry& entry : trees->front().entries)
    EXPECT_TRUE(std::get<Leaf>(entry.value.value).is_encrypted);
}

TEST(Yaml, ErrorsNeverQuoteAValue) {
  for (const char* text :
       {"a: !!int hunter2\n", "a: \"hunter2\n", "hunter2\n", "a: hunter2: b\n", "a: !!binary hunter*2\n"})
    EXPECT_THAT(problem_of(text), testing::Not(HasSubstr("hunter"))) << text;
}

}  // namespace
}  // namespace vmcred::sops
