// SPDX-License-Identifier: Apache-2.0
// A fault of one VM concerns that VM alone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/test_config.h"

namespace vmcred::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "web" for a VM that is well, "db: x.toml:…" for one that is broken, with its first finding.
std::vector<std::string> outcome(std::string_view text) {
  const auto loaded = parse_for_units("x.toml", text);
  if (!loaded) return {base::concat("all: ", loaded.error().what)};
  std::vector<std::string> lines;
  for (const auto& vm : loaded->config.vms) lines.push_back(vm.name);
  for (const auto& vm : loaded->broken) lines.push_back(base::concat(vm.name, ": ", vm.error.what));
  return lines;
}

TEST(LoadForUnits, TakesOutWhatIsBrokenAlone) {
  EXPECT_THAT(outcome("vms.a.kernel = 'k'\nvms.b.vcpu = 1\nvms.c.kernel = 'k'\n"),
              ElementsAre("a", "c", "b: x.toml:2:5: [vms.b] needs 'kernel'"));
  EXPECT_THAT(outcome("vms.a = 3\nvms.b.kernel = 'k'\n"),
              ElementsAre("b", "a: x.toml:1:9: 'a' must be a table, not a whole number"));
  EXPECT_THAT(outcome(""), IsEmpty());
}

TEST(LoadForUnits, HasAllFindingsOfABrokenOne) {
  const auto loaded = parse_for_units("x.toml", "vms.a.vcpu = 0\nvms.a.mem = 1\nvms.a.kernel = 'k'");
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->broken.size(), 1U);
  EXPECT_EQ(loaded->broken[0].error.what, "x.toml:1:14: 'vcpu' must be from 1 to 255");
  ASSERT_EQ(loaded->broken[0].error.others.size(), 1U);
  EXPECT_EQ(loaded->broken[0].error.others[0].what, "x.toml:2:13: 'mem' must be from 16 to 16777216");
}

TEST(LoadForUnits, BlamesTheSecondOfTwoThatClash) {
  EXPECT_THAT(outcome("vms.a = { kernel = 'k', vsock.cid = 3 }\nvms.b = { kernel = 'k', vsock.cid = 3 }"),
              ElementsAre("a", "b: x.toml:2:5: vms 'a' and 'b' have the same 'vsock.cid' 3"));
  EXPECT_THAT(outcome("vms.a = { kernel = 'k', user = 'u' }\nvms.b = { kernel = 'k', user = 'u' }"),
              ElementsAre("a", "b: x.toml:2:5: vms 'a' and 'b' have the same 'user' 'u'"));
}

TEST(LoadForUnits, TakesABrokenGeneratorsUsersAlong) {
  const auto loaded = parse_for_units("x.toml", R"(
generators.bad = { files.x = { mode = "9" } }
generators.later = { files.y = {}, dependencies = ["bad"] }
generators.good = { files.z = {} }
vms.a = { kernel = "k", secrets.x.generator = "bad" }
vms.b = { kernel = "k", secrets.y.generator = "later" }
vms.c = { kernel = "k", secrets.z.generator = "good" }
)");
  ASSERT_TRUE(loaded);
  ASSERT_EQ(loaded->config.vms.size(), 1U);
  EXPECT_EQ(loaded->config.vms[0].name, "c");
  ASSERT_EQ(loaded->config.generators.size(), 1U);
  EXPECT_EQ(loaded->config.generators[0].name, "good");
  ASSERT_EQ(loaded->broken.size(), 2U);
  EXPECT_EQ(loaded->broken[1].error.what,
            "vm 'b' uses generator 'later': x.toml:2:39: 'mode' must be an octal file mode, like \"0400\"");
}

TEST(LoadForUnits, FailsForWhatConcernsAll) {
  EXPECT_THAT(outcome("vms.a.kernel = 'k'\nstore.pth = 'x'"),
              ElementsAre("all: x.toml:2:7: unknown key 'pth' in [store] (did you mean 'path'?)"));
  EXPECT_THAT(outcome("vms.a.kernel = 'k'\nhost = 1"),
              ElementsAre("all: x.toml:2:8: 'host' must be a table, not a whole number"));
  EXPECT_THAT(outcome("vms = 1"), ElementsAre("all: x.toml:1:7: 'vms' must be a table, not a whole number"));
  EXPECT_EQ(outcome("vms.a.kernel = ").size(), 1U);
}

TEST(LoadForUnits, AgreesWithLoadWhereNothingIsWrong) {
  constexpr std::string_view k_text = "vms.a.kernel = 'k'\nvms.b.kernel = 'k'\ngenerators.g.files.x = {}";
  const auto loaded = parse_for_units("x.toml", k_text);
  ASSERT_TRUE(loaded);
  std::string text = store_text(loaded->config.store);
  for (const auto& generator : loaded->config.generators) text += generator_text(generator);
  for (const auto& vm : loaded->config.vms) text += vm_text(vm);
  EXPECT_EQ(text, model("x.toml", k_text));
}

}  // namespace
}  // namespace vmcred::config
