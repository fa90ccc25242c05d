// SPDX-License-Identifier: Apache-2.0
#include "guest/report_line.h"

#include <gmock/gmock.h>

#include "guest/test_tree.h"

namespace vmcred::guest {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

// The value is "hello" and a line feed; see credential/manifest_test.cc for how the digest was made.
constexpr const char* k_manifest =
    "vmcred-manifest 1\n"
    "key AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    "6 wf+BCqFSXYLVz6Rg4iaNkkPMKajiDsvIDtmyOPRAgTk= API_KEY\n"
    "end 1\n";

Report report_on(const TestTree& tree) {
  const std::string option = "--directory";
  const std::string path = tree.path();
  const std::vector<std::string_view> words{option, path};
  const std::vector<command::Option> options{{option, "DIR", ""}};
  auto report = make_report(*CredentialDirectory::open(*command::Arguments::parse(words, options, "")));
  EXPECT_TRUE(report) << report.error().what;
  return *std::move(report);
}

TEST(ReportLineTest, IsOneLineThatTellsNoSecret) {
  const TestTree tree;
  tree.write("vmcred.manifest", k_manifest);
  tree.write("API_KEY", "hello\n");
  tree.write("ex\ntra", "1");
  const Report report = report_on(tree);
  EXPECT_FALSE(report.failure);
  EXPECT_THAT(
      report.line,
      AllOf(
          StartsWith("{\"vmcred\":1,\"manifest\":\"ok\",\"verified\":1,\"expected\":1,\"credentials\":["
                     "{\"name\":\"API_KEY\",\"size\":6,\"state\":\"ok\"}],\"undeclared\":[\"ex\\u000atra\"]"),
          MatchesRegex(".*,\"uptime_seconds\":[0-9]+\\.[0-9][0-9][0-9]}\n"), EndsWith("}\n")));
  EXPECT_EQ(report.line.find('\n'), report.line.size() - 1);
  EXPECT_THAT(report.line, AllOf(Not(HasSubstr("hello")), Not(HasSubstr("wf+BC"))));
}

TEST(ReportLineTest, SaysWhatIsWrong) {
  const TestTree tree;
  tree.write("vmcred.manifest", k_manifest);
  tree.write("API_KEY", "hello");
  const Report report = report_on(tree);
  ASSERT_TRUE(report.failure);
  EXPECT_EQ(report.failure->kind, base::ErrorKind::verify);
  EXPECT_THAT(report.line, HasSubstr("\"verified\":0,\"expected\":1,\"credentials\":["
                                     "{\"name\":\"API_KEY\",\"size\":5,\"state\":\"wrong-size\"}]"));
}

TEST(ReportLineTest, SpeaksUpWithoutAManifest) {
  const TestTree tree;
  tree.write("API_KEY", "hello\n");
  const Report missing = report_on(tree);
  EXPECT_TRUE(missing.failure);
  EXPECT_THAT(missing.line, StartsWith("{\"vmcred\":1,\"manifest\":\"missing\",\"verified\":0,\"expected\":0,"
                                       "\"credentials\":[],\"undeclared\":[\"API_KEY\"]"));

  tree.write("vmcred.manifest", "vmcred-manifest 2\n");
  const Report damaged = report_on(tree);
  EXPECT_TRUE(damaged.failure);
  EXPECT_THAT(damaged.line, HasSubstr("\"manifest\":\"damaged\",\"verified\":0,\"expected\":0,"));
}

}  // namespace
}  // namespace vmcred::guest
