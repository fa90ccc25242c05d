// SPDX-License-Identifier: Apache-2.0
// Prompts in whole runs.
#include "vars/prompts.h"

#include <gmock/gmock.h>

#include "support/repository.h"

namespace vmcred::vars {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Prompts : public RepositoryTest {
 protected:
  void SetUp() override {
    m_repository.configure(R"toml(
[generators.wifi]
machines = ["a", "b"]
prompts.password = { type = "hidden", persist = true }
prompts.name = {}
files.conf = {}
script = 'echo "$(cat $prompts/name):$(cat $prompts/password)" > $out/conf'
)toml");
    for (const char* machine : {"a", "b"}) {
      answer(machine, "password", base::concat("pw-", machine));
      answer(machine, "name", base::concat("net-", machine));
    }
  }

  void answer(std::string_view machine, std::string_view prompt, const std::string& text) {
    m_repository.prompts.answers[base::concat("per-machine/", machine, "/wifi/", prompt)] = text;
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, Prompts, testing::Values(store::Backend::sops, store::Backend::age),
                         backend_name);

TEST_P(Prompts, AreAskedForEachMachine) {
  EXPECT_THAT(m_repository.generate(), SizeIs(2));
  EXPECT_THAT(m_repository.prompts.asked,
              ElementsAre("per-machine/a/wifi/password", "per-machine/a/wifi/name",
                          "per-machine/b/wifi/password", "per-machine/b/wifi/name"));
  EXPECT_EQ(m_repository.value("per-machine/a/wifi/conf"), "net-a:pw-a\n");
  EXPECT_EQ(m_repository.value("per-machine/b/wifi/conf"), "net-b:pw-b\n");
  EXPECT_EQ(m_repository.value("per-machine/b/wifi/password"), "pw-b") << "it persists, without a newline";
}

TEST_P(Prompts, ThoseThatPersistAreNotAskedAgain) {
  m_repository.generate();
  m_repository.prompts.asked.clear();
  m_repository.generate({.machines = {"a"}, .generators = {"wifi"}});
  EXPECT_THAT(m_repository.prompts.asked, ElementsAre("per-machine/a/wifi/name"));
  EXPECT_EQ(m_repository.value("per-machine/a/wifi/conf"), "net-a:pw-a\n");
}

TEST_P(Prompts, AreAskedAgainWhenAllIsRegenerated) {
  m_repository.generate();
  answer("a", "password", "new");
  m_repository.generate({.machines = {"a"}, .regenerate = true});
  EXPECT_EQ(m_repository.value("per-machine/a/wifi/password"), "new");
  EXPECT_EQ(m_repository.value("per-machine/a/wifi/conf"), "net-a:new\n");
}

TEST_P(Prompts, AMissingAnswerChangesNothing) {
  m_repository.prompts.answers.erase("per-machine/b/wifi/name");
  const auto files = m_repository.files();
  EXPECT_THAT(m_repository.generate(),
              ElementsAre(HasSubstr("machine 'b', generator 'wifi', prompt 'name'")));
  EXPECT_THAT(m_repository.progress.started, IsEmpty()) << "all are asked before any runs";
  EXPECT_EQ(m_repository.files(), files);
}

TEST_P(Prompts, AnEmptyAnswerIsAnErrorUnlessItIsMeant) {
  answer("a", "password", "");
  EXPECT_THAT(m_repository.generate(),
              ElementsAre("error: machine 'a', generator 'wifi', prompt 'password': the answer is empty"));
  m_repository.configure(
      "[generators.wifi]\nmachines = ['a']\n"
      "prompts.password = { persist = true, display.required = false }\n");
  EXPECT_THAT(m_repository.generate(), SizeIs(1));
  EXPECT_EQ(m_repository.value("per-machine/a/wifi/password"), "");
  EXPECT_TRUE(m_repository.check().good());
}

TEST_P(Prompts, AGeneratorMayConsistOfAPrompt) {
  m_repository.configure(
      "[generators.wifi]\nmachines = ['a']\nprompts.password = { persist = true }\n"
      "files.hash = { kind = 'password-hash', of = 'password' }\n");
  EXPECT_THAT(m_repository.generate(), SizeIs(1));
  EXPECT_EQ(m_repository.value("per-machine/a/wifi/password"), "pw-a");
  EXPECT_THAT(m_repository.value("per-machine/a/wifi/hash"), testing::StartsWith("$y$"));
}

}  // namespace
}  // namespace vmcred::vars
