// SPDX-License-Identifier: Apache-2.0
#include "vars/declared.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>

#include "base/text.h"
#include "config/load.h"

namespace vmcred::vars {
namespace {

using base::concat;
using testing::ElementsAre;

struct Laid {
  std::unique_ptr<config::Config> config;
  Declared declared;
};

Laid lay_out(std::string_view toml) {
  auto parsed = config::parse("x.toml", toml);
  EXPECT_TRUE(parsed) << parsed.error().what;
  auto config = std::make_unique<config::Config>(*std::move(parsed));
  Declared declared(*config);
  return {.config = std::move(config), .declared = std::move(declared)};
}

// "per-machine/web/leaf for web read by web needs shared/ca".
std::vector<std::string> texts(const Declared& declared) {
  std::vector<std::string> texts;
  for (const Declaration& generator : declared.generators()) {
    std::string text = concat(store::path_of(generator.id), " for ", base::join(generator.machines, ","),
                              " read by ", base::join(generator.readers, ","));
    for (const std::size_t dependency : generator.dependencies)
      text += concat(" needs ", store::path_of(declared.generators()[dependency].id));
    texts.push_back(text);
  }
  return texts;
}

constexpr std::string_view k_declarations = R"toml(
[generators.ca]
share = true
files.key = {}
[generators.base]
files.seed = {}
[generators.leaf]
dependencies = ["ca", "base"]
files.pair = {}
[generators.unused]
files.x = {}
[vms.web]
kernel = "k"
secrets.pair = { generator = "leaf" }
secrets.session = { random = "hex:8" }
[vms.db]
kernel = "k"
vars_machine = "host"
secrets.key = { generator = "ca" }
)toml";

TEST(Declared, LaysOutGeneratorsByTheMachinesThatUseThem) {
  const Laid laid = lay_out(k_declarations);
  EXPECT_THAT(
      texts(laid.declared),
      ElementsAre("per-machine/web/base for web read by web",
                  "per-machine/web/leaf for web read by web needs per-machine/web/base needs shared/ca",
                  "per-machine/web/session for web read by web",
                  // Who only depends on a shared secret does not get to read it.
                  "shared/ca for host,web read by host"));
  EXPECT_THAT(laid.declared.machines(), ElementsAre("host", "web"));
}

TEST(Declared, MachinesMayDeclareAGeneratorThemselves) {
  const Laid laid = lay_out(
      "[generators.g]\nmachines = ['b', 'a']\nfiles.x = {}\n"
      "[generators.s]\nshare = true\nmachines = ['a', 'b']\nfiles.x = {}\n");
  EXPECT_THAT(texts(laid.declared),
              ElementsAre("per-machine/a/g for a read by a", "per-machine/b/g for b read by b",
                          "shared/s for a,b read by a,b"));
}

TEST(Declared, FindsMachinesByTheirOwnNameOrAVms) {
  const Laid laid = lay_out(k_declarations);
  const auto named = [&](std::vector<std::string> names) { return laid.declared.machines_named(names); };
  EXPECT_THAT(*named({}), ElementsAre("host", "web"));
  EXPECT_THAT(*named({"db", "host"}), ElementsAre("host"));
  EXPECT_EQ(named({"wbe"}).error().what, "no vm or machine 'wbe' in x.toml (did you mean 'web'?)");
  EXPECT_EQ(named({"wbe", "x", "db"}).error().others.size(), 1U);
}

TEST(Declared, FindsGeneratorsOfTheRequestedMachines) {
  const Laid laid = lay_out(k_declarations);
  const std::vector<std::string> host = {"host"};
  EXPECT_THAT(laid.declared.needed_by(host), ElementsAre(3));
  EXPECT_THAT(*laid.declared.named("ca", host), ElementsAre(3));
  EXPECT_EQ(laid.declared.named("leaf", host).error().what, "generator 'leaf' is not needed by host");
  EXPECT_EQ(laid.declared.named("cb", host).error().what, "no generator 'cb' in x.toml (did you mean 'ca'?)");
}

TEST(Declared, FindsVars) {
  const Laid laid = lay_out(k_declarations);
  EXPECT_EQ(store::path_of(laid.declared.var_named("web", "leaf/pair")->id()), "per-machine/web/leaf/pair");
  EXPECT_EQ(store::path_of(laid.declared.var_named("host", "ca/key")->id()), "shared/ca/key");
  EXPECT_EQ(laid.declared.var_named("web", "leaf/pear").error().what,
            "machine 'web' has no var 'leaf/pear' (did you mean 'leaf/pair'?)");
  const config::VirtualMachine& web = laid.config->vms[0];
  EXPECT_EQ(store::path_of(laid.declared.var_of(web, web.secrets[0])->id()), "per-machine/web/leaf/pair");
  EXPECT_EQ(store::path_of(laid.declared.var_of(web, web.secrets[1])->id()),
            "per-machine/web/session/session");
}

TEST(Declared, HashesValidationsAsClanDoes) {
  // printf %s '{"a":[1,"x"],"b":true}' | sha256sum
  const Laid laid =
      lay_out("[generators.g]\nmachines = ['a']\nfiles.x = {}\nvalidation = { b = true, a = [1, 'x'] }\n");
  EXPECT_EQ(laid.declared.generators()[0].validation_hash,
            "c817ea2211dc960ff318c03b8414e1c9f63f6010af61d11cca0cf7f920ac9dae");
}

TEST(Declared, TakesALongChainOfDependencies) {
  std::string text = "[generators.g10000]\nfiles.x = {}\n";
  for (int i = 0; i < 10'000; ++i)
    text += concat("[generators.g", i, "]\nfiles.x={}\ndependencies=['g", i + 1, "']\n");
  const Laid laid = lay_out(text + "[vms.a]\nkernel = 'k'\nsecrets.x = { generator = 'g0' }\n");
  EXPECT_EQ(laid.declared.generators().size(), 10'001U);
}

}  // namespace
}  // namespace vmcred::vars
