// SPDX-License-Identifier: Apache-2.0
// Whole runs on a real store. Names follow the behaviour that users of clan vars know, and where ours is
// better.
#include <gmock/gmock.h>
#include <unistd.h>
#include <csignal>
#include <random>

#include "store/transaction.h"
#include "support/child.h"
#include "support/repository.h"

namespace vmcred::vars {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class Generate : public RepositoryTest {
 protected:
  void configure(std::string_view toml, const std::vector<std::string>& vms = {}) {
    m_repository.configure(toml, vms);
  }
  std::vector<std::string> run(const Request& request = {}) { return m_repository.generate(request); }
  std::string value(std::string_view id) { return m_repository.value(id); }
};
INSTANTIATE_TEST_SUITE_P(Backends, Generate, testing::Values(store::Backend::sops, store::Backend::age),
                         backend_name);

// A per-machine generator on `a` and `b` that depends on a shared one.
constexpr std::string_view k_shared_and_local = R"toml(
[generators.ca]
share = true
files.key = { deploy = false }
files.cert = { secret = false }
script = 'head -c 16 /dev/urandom | base64 > $out/key; echo "cert $(cat $out/key)" > $out/cert'
[generators.leaf]
machines = ["a", "b"]
dependencies = ["ca"]
files.pair = {}
script = 'cat $in/ca/key $in/ca/cert > $out/pair'
[generators.alone]
machines = ["a", "b"]
files.token.kind = "hex:16"
)toml";

TEST_P(Generate, GeneratesPublicAndSecretVars) {
  configure(k_shared_and_local);
  EXPECT_THAT(m_repository.check().missing, SizeIs(6));
  EXPECT_EQ(value("shared/ca/key"), "(none)");
  EXPECT_THAT(run(),
              ElementsAre("per-machine/a/alone missing", "per-machine/b/alone missing", "shared/ca missing",
                          "per-machine/a/leaf missing", "per-machine/b/leaf missing"))
      << "by placement, but dependencies first";
  EXPECT_TRUE(m_repository.check().good());
  EXPECT_EQ(value("per-machine/a/leaf/pair"), value("shared/ca/key") + value("shared/ca/cert"));
  EXPECT_EQ(value("shared/ca/cert"), "cert " + value("shared/ca/key"));
  EXPECT_EQ(test_support::read_file(m_repository.path("vars/shared/ca/cert/value")), value("shared/ca/cert"));
}

TEST_P(Generate, KeepsSeparateValuesForTheSameGeneratorOnTwoMachines) {
  configure(k_shared_and_local);
  run();
  EXPECT_NE(value("per-machine/a/alone/token"), value("per-machine/b/alone/token"));
}

TEST_P(Generate, DoesNothingTheSecondTime) {
  configure(k_shared_and_local);
  run();
  const auto files = m_repository.files();
  EXPECT_THAT(run(), IsEmpty());
  EXPECT_THAT(m_repository.progress.started, IsEmpty());
  EXPECT_EQ(m_repository.files(), files);
}

TEST_P(Generate, RegeneratesADependencyWithItsDependentsOnAllMachines) {
  configure(k_shared_and_local);
  run();
  const std::string alone = value("per-machine/a/alone/token");
  const std::string key = value("shared/ca/key");
  EXPECT_THAT(
      run({.machines = {"a"}, .generators = {"ca"}}),
      ElementsAre("shared/ca requested", "per-machine/a/leaf dependent", "per-machine/b/leaf dependent"));
  EXPECT_NE(value("shared/ca/key"), key);
  EXPECT_THAT(value("per-machine/b/leaf/pair"), StartsWith(value("shared/ca/key")));
  EXPECT_EQ(value("per-machine/a/alone/token"), alone) << "who does not depend on it keeps its value";
}

TEST_P(Generate, GeneratesDependentsOfAChosenGeneratorOnACleanSlate) {
  configure(k_shared_and_local);
  EXPECT_THAT(run({.generators = {"ca"}}),
              ElementsAre("shared/ca requested", "per-machine/a/leaf missing", "per-machine/b/leaf missing"));
}

TEST_P(Generate, TakesSeveralGenerators) {
  configure(k_shared_and_local);
  run();
  EXPECT_THAT(run({.machines = {"b"}, .generators = {"alone", "leaf"}}),
              ElementsAre("per-machine/b/alone requested", "per-machine/b/leaf requested"));
}

TEST_P(Generate, RegeneratesEverythingOfTheRequestedMachines) {
  configure(k_shared_and_local);
  run();
  const std::string other = value("per-machine/b/alone/token");
  EXPECT_THAT(run({.machines = {"a"}, .regenerate = true}),
              ElementsAre("per-machine/a/alone requested", "shared/ca requested",
                          "per-machine/a/leaf requested", "per-machine/b/leaf dependent"));
  EXPECT_EQ(value("per-machine/b/alone/token"), other);
}

TEST_P(Generate, PullsInADependencyThatIsMissingElsewhere) {
  configure(k_shared_and_local);
  EXPECT_THAT(run({.machines = {"b"}, .generators = {"leaf"}}), Contains("shared/ca missing"));
  EXPECT_EQ(value("per-machine/b/leaf/pair"), value("shared/ca/key") + value("shared/ca/cert"));
}

TEST_P(Generate, ASecondMachineDoesNotRegenerateASharedSecret) {
  configure(k_shared_and_local);
  run({.machines = {"a"}});
  const std::string key = value("shared/ca/key");
  run({.machines = {"b"}});
  EXPECT_EQ(value("shared/ca/key"), key);
}

TEST_P(Generate, GivesALateMachineAccessToASharedSecretWithTheValueUnchanged) {
  constexpr std::string_view k_rest = "share = true\nfiles.key.kind = 'hex:16'\n";
  configure(base::concat("[generators.s]\nmachines = ['a']\n", k_rest));
  run();
  const std::string key = value("shared/s/key");
  configure(base::concat("[generators.s]\nmachines = ['a', 'b']\n", k_rest), {"other"});
  EXPECT_THAT(m_repository.check().access, SizeIs(1));
  EXPECT_THAT(run(), IsEmpty());
  EXPECT_THAT(m_repository.fixed, ElementsAre("shared/s/key"));
  EXPECT_TRUE(m_repository.check().good());
  EXPECT_EQ(value("shared/s/key"), key);
  const auto access =
      m_repository.store().access({.generator = {.placement = {}, .generator = "s"}, .file = "key"},
                                  {.deploy = true, .machines = {"a", "b"}});
  ASSERT_TRUE(access);
  EXPECT_THAT(access->actual, Not(Contains(HasSubstr("other"))));
}

TEST_P(Generate, TakesAccessFromMachinesWhenDeployBecomesFalse) {
  configure("[generators.s]\nshare = true\nmachines = ['a']\nfiles.key.kind = 'hex:16'\n");
  run();
  const std::string key = value("shared/s/key");
  configure(
      "[generators.s]\nshare = true\nmachines = ['a']\nfiles.key = { kind = 'hex:16', deploy = false }\n");
  run();
  EXPECT_THAT(m_repository.fixed, ElementsAre("shared/s/key"));
  EXPECT_TRUE(m_repository.check().good());
  EXPECT_EQ(value("shared/s/key"), key);
}

TEST_P(Generate, SwitchingShareGivesNewValuesAndRemovesTheOldOnes) {
  constexpr std::string_view k_rest = "machines = ['a', 'b']\nvalidation = 1\nfiles.key.kind = 'hex:16'\n";
  configure(base::concat("[generators.s]\n", k_rest));
  run();
  const std::string before = value("per-machine/a/s/key");
  configure(base::concat("[generators.s]\nshare = true\n", k_rest));
  EXPECT_THAT(run(), ElementsAre("shared/s missing"));
  EXPECT_NE(value("shared/s/key"), before);
  for (const auto& [path, content] : m_repository.files())
    EXPECT_THAT(path, Not(HasSubstr("per-machine/a/s"))) << path;
  configure(base::concat("[generators.s]\n", k_rest));
  run();
  EXPECT_THAT(m_repository.store().list().value(), SizeIs(2));
}

TEST_P(Generate, OnlyTheMachinesThatUseASharedSecretReadIt) {
  configure(k_shared_and_local);
  run();
  for (const DeclaredVar& var : m_repository.declared().vars()) {
    if (!var.file->secret) continue;
    const auto access = m_repository.store().access(var.id(), var.audience());
    ASSERT_TRUE(access) << access.error().what;
    EXPECT_TRUE(access->right()) << store::path_of(var.id());
    if (var.generator->id.generator != "ca") continue;
    // They only depend on it, and it is not deployed.
    EXPECT_THAT(access->actual, Not(Contains(HasSubstr("machine")))) << store::path_of(var.id());
  }
}

TEST_P(Generate, AMachineThatOnlyDependsOnASharedSecretDoesNotReadIt) {
  configure(
      "[generators.seed]\nshare = true\nfiles.key.kind = 'hex:16'\n"
      "[generators.leaf]\nmachines = ['a']\ndependencies = ['seed']\nfiles.x = {}\n"
      "script = 'sha256sum $in/seed/key > $out/x'\n");
  EXPECT_THAT(run(), SizeIs(2));
  const DeclaredVar key = m_repository.declared().vars().back();
  ASSERT_EQ(store::path_of(key.id()), "shared/seed/key");
  const auto access = m_repository.store().access(key.id(), key.audience());
  ASSERT_TRUE(access) << access.error().what;
  EXPECT_THAT(access->actual, Not(Contains(HasSubstr("machine"))));
  EXPECT_TRUE(m_repository.check().good());
}

TEST_P(Generate, CheckReadsNoSecretAndModifiesNothing) {
  configure(k_shared_and_local);
  run();
  const auto files = m_repository.files();
  EXPECT_TRUE(m_repository.check().good());
  EXPECT_EQ(m_repository.files(), files);
}

TEST_P(Generate, KeepsBinarySecrets) {
  configure(
      "[generators.g]\nmachines = ['a']\nfiles.bytes = {}\n"
      "script = 'for i in {0..255}; do printf \"\\\\x$(printf %02x $i)\"; done > $out/bytes'\n");
  run();
  EXPECT_EQ(value("per-machine/a/g/bytes"), test_support::all_bytes());
}

TEST_P(Generate, TellsNoSecret) {
  configure(
      "[generators.g]\nmachines = ['a']\nfiles.key = {}\nfiles.open = { secret = false }\n"
      "script = 'echo canary-1234 > $out/key; echo public > $out/open; echo extra > $out/more'\n");
  run();
  EXPECT_THAT(m_repository.progress.lines, IsEmpty());
  EXPECT_THAT(
      m_repository.progress.warnings,
      ElementsAre("generator 'per-machine/a/g' left a file 'more' that is not declared; it is dropped"));
  for (const auto& [path, content] : m_repository.files())
    EXPECT_THAT(content, Not(HasSubstr("canary-1234"))) << path;
}

TEST_P(Generate, PassesOnWhatAScriptPrints) {
  configure("[generators.g]\nmachines = ['a']\nfiles.x = {}\nscript = 'echo hello; echo 1 > $out/x'\n");
  run();
  EXPECT_THAT(m_repository.progress.lines, ElementsAre("per-machine/a/g: hello"));
}

TEST_P(Generate, InvalidationFollowsTheHash) {
  const auto with = [](std::string_view validation) {
    return base::concat("[generators.g]\nmachines = ['a']\n", validation, "\nfiles.x.kind = 'uuid'\n");
  };
  configure(with(""));
  run();
  EXPECT_THAT(run(), IsEmpty()) << "no hash, none wanted";
  configure(with("validation = { users = ['a'] }"));
  EXPECT_THAT(m_repository.check().invalid, SizeIs(1));
  EXPECT_THAT(run(), ElementsAre("per-machine/a/g invalid"));
  EXPECT_THAT(run(), IsEmpty()) << "unchanged";
  configure(with("validation = { users = ['a', 'b'] }"));
  EXPECT_THAT(run(), ElementsAre("per-machine/a/g invalid"));
  configure(with(""));
  EXPECT_THAT(run(), ElementsAre("per-machine/a/g invalid")) << "removed";
  EXPECT_THAT(run(), IsEmpty());
}

TEST_P(Generate, AChangedScriptInvalidatesOnlyWhereThatIsWanted) {
  const auto with = [](std::string_view option, std::string_view text) {
    return base::concat("[generators.g]\nmachines = ['a']\n", option, "\nfiles.x = {}\nscript = 'echo ", text,
                        " > $out/x'\n");
  };
  configure(with("", "1"));
  run();
  configure(with("", "2"));
  EXPECT_THAT(run(), IsEmpty());
  configure(with("validate_script = true", "2"));
  run();
  configure(with("validate_script = true", "3"));
  EXPECT_THAT(run(), ElementsAre("per-machine/a/g invalid"));
  EXPECT_EQ(value("per-machine/a/g/x"), "3\n");
}

TEST_P(Generate, AddingAFileRunsTheWholeGenerator) {
  configure("[generators.g]\nmachines = ['a']\nfiles.x.kind = 'uuid'\n");
  run();
  const std::string before = value("per-machine/a/g/x");
  configure("[generators.g]\nmachines = ['a']\nfiles.x.kind = 'uuid'\nfiles.y.kind = 'uuid'\n");
  EXPECT_THAT(run(), ElementsAre("per-machine/a/g missing"));
  EXPECT_NE(value("per-machine/a/g/x"), before);
}

TEST_P(Generate, ChangesNothingWhenAScriptFails) {
  configure(k_shared_and_local);
  run();
  const auto files = m_repository.files();
  configure(base::concat(k_shared_and_local,
                         "[generators.bad]\nmachines = ['a']\ndependencies = ['leaf']\nfiles.x = {}\n"
                         "script = 'echo 1 > $out/x; exit 3'\n"));
  EXPECT_THAT(run({.generators = {"ca"}}),
              ElementsAre("error: generator 'per-machine/a/bad': the script failed with exit code 3"));
  EXPECT_EQ(m_repository.files(), files);
}

TEST_P(Generate, NamesTheOutputThatAScriptDidNotMake) {
  configure("[generators.g]\nmachines = ['a']\nfiles.x = {}\nscript = 'true'\n");
  EXPECT_THAT(run(), ElementsAre("error: generator 'per-machine/a/g': the script left no file 'x'"));
  configure("[generators.g]\nmachines = ['a']\nfiles.x = {}\nscript = ': > $out/x'\n");
  EXPECT_THAT(run(), ElementsAre("error: generator 'per-machine/a/g': the script left nothing as file 'x'"));
}

TEST_P(Generate, SaysWhatIsMissingForAFileThatNothingMakes) {
  configure("[generators.g]\nmachines = ['a']\nfiles.x = {}\n");
  EXPECT_THAT(run(), ElementsAre("error: generator 'g' has neither a script nor a kind for file 'x'"));
}

TEST_P(Generate, UnknownNamesAreErrors) {
  configure(k_shared_and_local, {"web"});
  EXPECT_THAT(run({.machines = {"wbe"}}), ElementsAre(StartsWith("error: no vm or machine 'wbe' in ")));
  EXPECT_THAT(run({.generators = {"leef"}}), ElementsAre(HasSubstr("no generator 'leef'")));
  EXPECT_THAT(run({.generators = {"leef"}}), ElementsAre(HasSubstr("(did you mean 'leaf'?)")));
  EXPECT_THAT(run({.machines = {"web"}, .generators = {"leaf"}}),
              ElementsAre("error: generator 'leaf' is not needed by web"));
}

TEST_P(Generate, ASecretThatBecomesPublicAndBack) {
  configure("[generators.g]\nmachines = ['a']\nfiles.x = { kind = 'uuid', secret = false }\n");
  run();
  const std::string open = value("per-machine/a/g/x");
  configure("[generators.g]\nmachines = ['a']\nfiles.x.kind = 'uuid'\n");
  EXPECT_THAT(run(), ElementsAre("per-machine/a/g missing"));
  for (const auto& [path, content] : m_repository.files()) EXPECT_NE(content, open) << path;
  configure("[generators.g]\nmachines = ['a']\nfiles.x = { kind = 'uuid', secret = false }\n");
  EXPECT_THAT(run(), ElementsAre("per-machine/a/g missing"));
  EXPECT_EQ(value("per-machine/a/g/x").size(), 36U);
  EXPECT_TRUE(m_repository.check().good());
}

TEST_P(Generate, TheOneLineCaseOfAVm) {
  configure(
      "[vms.web]\nkernel = 'k'\nsecrets.session-key = { random = 'base64:32' }\n"
      "[vms.db]\nkernel = 'k'\nvars_machine = 'Host_1'\nsecrets.session-key = { random = 'hex:4' }\n");
  EXPECT_THAT(run(),
              ElementsAre("per-machine/Host_1/session-key missing", "per-machine/web/session-key missing"));
  EXPECT_EQ(value("per-machine/web/session-key/session-key").size(), 44U);
  EXPECT_EQ(value("per-machine/Host_1/session-key/session-key").size(), 8U);
  EXPECT_THAT(run({.machines = {"db"}}), IsEmpty()) << "a VM's name stands for its machine";
}

TEST_P(Generate, ACertificateSignedByASharedAuthority) {
  configure(R"toml(
[generators.ca]
share = true
files.key = { kind = "tls-key", deploy = false }
files.cert = { kind = "tls-certificate", of = "key", common_name = "Test CA", ca = true, secret = false }
[generators.tls]
dependencies = ["ca"]
files.key = { kind = "tls-key", algorithm = "ed25519" }
files.cert = { kind = "tls-certificate", of = "key", common_name = "web.test", issuer = "ca", secret = false }
[vms.web]
kernel = "k"
secrets.tls-key = { generator = "tls", file = "key" }
)toml");
  EXPECT_THAT(run(), SizeIs(2));
  EXPECT_THAT(value("per-machine/web/tls/cert"), StartsWith("-----BEGIN CERTIFICATE-----"));
  EXPECT_THAT(value("shared/ca/key"), StartsWith("-----BEGIN PRIVATE KEY-----"));
}

TEST_P(Generate, MixesKindsAScriptAndWhatFollowsFromIt) {
  configure(R"toml(
[generators.g]
machines = ["a"]
files.password = {}
files.hash = { kind = "password-hash", of = "password" }
files.id.kind = "uuid"
script = 'echo -n "made with $(cat $out/id)" > $out/password'
)toml");
  run();
  EXPECT_EQ(value("per-machine/a/g/password"), "made with " + value("per-machine/a/g/id"));
  EXPECT_THAT(value("per-machine/a/g/hash"), StartsWith("$y$"));
}

// Killed at any moment: what is there belongs together, and the same command finishes.
TEST_P(Generate, LeavesTheOldOrTheNewStateWhenItIsKilled) {
  configure(k_shared_and_local);
  run();
  const auto seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 8; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      m_repository.load_keyring();  // ours is empty after a fork
      run({.regenerate = true});
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(random() % 600'000));
    ::kill(child, SIGKILL);
    test_support::wait_for(child);
    ASSERT_TRUE(store::recover(m_repository.path(".")));
    const std::string pair = value("shared/ca/key") + value("shared/ca/cert");
    EXPECT_EQ(value("per-machine/a/leaf/pair"), pair);
    EXPECT_EQ(value("per-machine/b/leaf/pair"), pair);
    EXPECT_TRUE(m_repository.check().good());
  }
  EXPECT_THAT(run({.regenerate = true}), SizeIs(5));
}

TEST_P(Generate, PlanTellsWhatARunWouldDoAndChangesNothing) {
  configure(k_shared_and_local);
  const auto files = m_repository.files();
  const auto plan = vars::plan(m_repository.workshop(), {.machines = {"a"}});
  ASSERT_TRUE(plan);
  EXPECT_THAT(plan->runs, SizeIs(4)) << "with the dependents on b";
  EXPECT_EQ(m_repository.files(), files);
}

}  // namespace
}  // namespace vmcred::vars
