// SPDX-License-Identifier: Apache-2.0
// Which values a run makes, and what it tells of them.
#include <gmock/gmock.h>

#include "support/generate.h"

namespace vmcred::vars {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

class GenerateValues : public GenerateTest {};
INSTANTIATE_TEST_SUITE_P(Backends, GenerateValues, testing::Values(store::Backend::sops, store::Backend::age),
                         backend_name);

TEST_P(GenerateValues, KeepsBinarySecrets) {
  configure(
      "[generators.g]\nmachines = ['a']\nfiles.bytes = {}\n"
      "script = 'for i in {0..255}; do printf \"\\\\x$(printf %02x $i)\"; done > $out/bytes'\n");
  run();
  EXPECT_EQ(value("per-machine/a/g/bytes"), test_support::all_bytes());
}

TEST_P(GenerateValues, TellsNoSecret) {
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

TEST_P(GenerateValues, PassesOnWhatAScriptPrints) {
  configure("[generators.g]\nmachines = ['a']\nfiles.x = {}\nscript = 'echo hello; echo 1 > $out/x'\n");
  run();
  EXPECT_THAT(m_repository.progress.lines, ElementsAre("per-machine/a/g: hello"));
}

TEST_P(GenerateValues, TheOneLineCaseOfAVm) {
  configure(
      "[vms.web]\nkernel = 'k'\nsecrets.session-key = { random = 'base64:32' }\n"
      "[vms.db]\nkernel = 'k'\nvars_machine = 'Host_1'\nsecrets.session-key = { random = 'hex:4' }\n");
  EXPECT_THAT(run(),
              ElementsAre("per-machine/Host_1/session-key missing", "per-machine/web/session-key missing"));
  EXPECT_EQ(value("per-machine/web/session-key/session-key").size(), 44U);
  EXPECT_EQ(value("per-machine/Host_1/session-key/session-key").size(), 8U);
  EXPECT_THAT(run({.machines = {"db"}}), IsEmpty()) << "a VM's name stands for its machine";
}

TEST_P(GenerateValues, ACertificateSignedByASharedAuthority) {
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

TEST_P(GenerateValues, MixesKindsAScriptAndWhatFollowsFromIt) {
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

}  // namespace
}  // namespace vmcred::vars
