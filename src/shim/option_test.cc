// SPDX-License-Identifier: Apache-2.0
#include "shim/option.h"

#include <gmock/gmock.h>
#include <array>

namespace vmcred::shim {
namespace {

using testing::ElementsAre;
using Words = std::vector<std::string>;

constexpr std::array<std::string_view, 2> k_initrd{"--initrd", "-i"};

std::vector<std::string> values(const Words& words, OptionStyle style) {
  std::vector<std::string> found;
  for (const auto& option : find_options(words, k_initrd, style)) found.emplace_back(value_of(words, option));
  return found;
}

TEST(OptionTest, AValueIsTheNextWord) {
  EXPECT_THAT(values({"run", "-i", "a", "--initrd", "b", "-x"}, {}), ElementsAre("a", "b"));
}

TEST(OptionTest, AValueInTheSameWordCountsWhereTheProgramTakesItThere) {
  const Words words = {"--initrd=a", "-i=b", "-ic"};
  EXPECT_THAT(values(words, {}), ElementsAre());
  EXPECT_THAT(values(words, {.long_equals = true}), ElementsAre("a"));
  EXPECT_THAT(values(words, {.long_equals = true, .short_equals = true}), ElementsAre("a", "b"));
  EXPECT_THAT(values(words, {.short_attached = true}), ElementsAre("=b", "c"));
  EXPECT_THAT(values(words, {.short_equals = true, .short_attached = true}), ElementsAre("b", "c"));
}

TEST(OptionTest, AnOptionsValueIsNoOption) { EXPECT_THAT(values({"-i", "-i", "a"}, {}), ElementsAre("-i")); }

TEST(OptionTest, AnOptionWithoutItsValueIsLeftToTheProgram) {
  EXPECT_THAT(values({"run", "-i"}, {}), ElementsAre());
}

TEST(OptionTest, AnOptionIsTakenOutWithItsValue) {
  Words words = {"a", "-i", "x", "--initrd=y", "b"};
  const OptionStyle style{.long_equals = true};
  remove_option(words, find_options(words, k_initrd, style).back());
  EXPECT_THAT(words, ElementsAre("a", "-i", "x", "b"));
  remove_option(words, find_options(words, k_initrd, style).front());
  EXPECT_THAT(words, ElementsAre("a", "b"));
}

TEST(OptionTest, AValueIsReplacedWhereItStands) {
  Words words = {"-i", "x", "--initrd=y"};
  for (const auto& option : find_options(words, k_initrd, {.long_equals = true}))
    set_value(words, option, "new");
  EXPECT_THAT(words, ElementsAre("-i", "new", "--initrd=new"));
}

}  // namespace
}  // namespace vmcred::shim
