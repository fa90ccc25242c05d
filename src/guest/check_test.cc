// SPDX-License-Identifier: Apache-2.0
// `verify`.
#include "guest/check.h"

#include <gmock/gmock.h>

#include "credential/manifest.h"
#include "guest/test_tree.h"

namespace vmcred::guest {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

using credential::CredentialName;
using secret::SecretBuffer;

// A directory as PID 1 leaves it, with two credentials and their manifest.
class VerifyTest : public testing::Test {
 protected:
  VerifyTest() {
    credential::CredentialSet set;
    for (const std::string name : {"API_KEY", "DB_PASSWORD"}) {
      const std::string value = "canary of " + name;
      m_tree.write(name, value);
      set.push_back({.name = *CredentialName::parse(name),
                     .value = *SecretBuffer::copy_of(std::as_bytes(std::span(value)))});
    }
    const auto manifest = credential::Manifest::make(set);
    const auto bytes = manifest->bytes();
    m_tree.write("vmcred.manifest", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }

  Outcome verify(std::vector<std::string> options = {}) const {
    options.insert(options.begin(), {"verify", "--directory", m_tree.path()});
    return run_guest(options);
  }

  TestTree m_tree;
};

TEST_F(VerifyTest, SaysWhatIsRight) {
  const auto outcome = verify();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out,
            "ok  API_KEY  17 bytes\n"
            "ok  DB_PASSWORD  21 bytes\n"
            "2 of 2 credentials verified\n");
  EXPECT_EQ(outcome.error, "");
}

TEST_F(VerifyTest, UndeclaredOnesAreNoFailure) {
  m_tree.write("extra", "123");
  const auto outcome = verify();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("undeclared  extra  3 bytes\n2 of 2"));
  EXPECT_THAT(verify({"--json"}).out, HasSubstr("\"undeclared\":[\"extra\"]"));
}

TEST_F(VerifyTest, NamesEachOneThatIsWrong) {
  struct Row {
    const char* about;
    const char* content;  // nullptr: removed
    const char* line;
    const char* state;
    const char* json;
  };
  const Row rows[] = {
      {"missing", nullptr, "MISSING  API_KEY: expected 17 bytes\n", "'API_KEY' (missing)",
       "{\"name\":\"API_KEY\",\"size\":0,\"state\":\"missing\"}"},
      {"cut", "canary of API_KE", "WRONG SIZE  API_KEY: 16 bytes, expected 17\n", "'API_KEY' (wrong-size)",
       "{\"name\":\"API_KEY\",\"size\":16,\"state\":\"wrong-size\"}"},
      {"one bit", "canary of API_KEX", "WRONG CONTENT  API_KEY: 17 bytes, but not those that were sent\n",
       "'API_KEY' (wrong-content)", "{\"name\":\"API_KEY\",\"size\":17,\"state\":\"wrong-content\"}"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.about);
    ::unlink(m_tree.path("API_KEY").c_str());
    if (row.content != nullptr) m_tree.write("API_KEY", row.content);
    const auto outcome = verify();
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.out, AllOf(HasSubstr(row.line), EndsWith("1 of 2 credentials verified\n")));
    EXPECT_THAT(outcome.error, AllOf(HasSubstr("1 credential did not arrive as sent"), HasSubstr(row.state)));
    EXPECT_THAT(outcome.out + outcome.error, Not(HasSubstr("canary")));

    const auto json = verify({"--json"});
    EXPECT_EQ(json.exit_code, 1);
    EXPECT_THAT(json.out, AllOf(HasSubstr("{\"verified\":1,\"expected\":2,"), HasSubstr(row.json)));
    EXPECT_EQ(verify({"--quiet"}).out, "");
    EXPECT_EQ(verify({"--quiet"}).exit_code, 1);
  }
}

TEST_F(VerifyTest, NeedsAManifest) {
  ::unlink(m_tree.path("vmcred.manifest").c_str());
  const auto outcome = verify();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.error, AllOf(HasSubstr("error: there is no 'vmcred.manifest' in " + m_tree.path()),
                                   HasSubstr("hint: ")));
}

TEST_F(VerifyTest, RefusesADamagedManifest) {
  m_tree.write("vmcred.manifest", m_tree.read("vmcred.manifest") + "x");
  const auto outcome = verify();
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.error, HasSubstr("vmcred.manifest, line "));
}

}  // namespace
}  // namespace vmcred::guest
