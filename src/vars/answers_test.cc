// SPDX-License-Identifier: Apache-2.0
#include "vars/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/text.h"
#include "config/load.h"
#include "support/child.h"
#include "support/temporary_directory.h"

namespace vmcred::vars {
namespace {

using test_support::bytes_of;
using test_support::text_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// "per-machine/web/wifi/password=hunter2" for each answer, or the error.
std::vector<std::string> parsed(std::string_view text) {
  const auto answers = parse_answers(bytes_of(text), "a.toml");
  if (!answers) return {answers.error().what};
  std::vector<std::string> texts;
  for (const GivenAnswer& answer : *answers)
    texts.push_back(base::concat(store::path_of(answer.generator), "/", answer.prompt, "=",
                                 text_of(answer.value.bytes())));
  return texts;
}

TEST(Answers, ReadsItsForm) {
  EXPECT_THAT(parsed("# comment\n\n[machines.web.wifi] # more\npassword = \"hun\\\"ter\\\\2\" # x\nname=''\n"
                     "[shared.\"ca.example\"]\n\tkey = '''\nline 1\nline 2'''\r\n"),
              ElementsAre("per-machine/web/wifi/password=hun\"ter\\2",
                          "per-machine/web/wifi/name=", "shared/ca.example/key=line 1\nline 2"));
  EXPECT_THAT(parsed("[shared.a]\nx = \"\\n\\r\\t\\u00e9\\u20ac\\u0000é\""),
              ElementsAre(std::string("shared/a/x=\n\r\té€\0é", 22)));
  EXPECT_THAT(parsed("[shared.a]\nx = 'C:\\n'"), ElementsAre("shared/a/x=C:\\n"));
  EXPECT_THAT(parsed(""), ElementsAre());
}

TEST(Answers, KeepsMachinesApart) {
  EXPECT_THAT(parsed("[machines.a.g]\nx = '1'\n[machines.b.g]\nx = '2'\n"),
              ElementsAre("per-machine/a/g/x=1", "per-machine/b/g/x=2"));
}

TEST(Answers, RefusesWhatIsNotItsFormAndRepeatsNothingOfIt) {
  const std::pair<std::string, std::string> rows[] = {
      {"x = 'hunter2'", "1: no section stands in front of this answer"},
      {"[shared.a]\nx 'hunter2'", "2: '=' must follow the name of a prompt"},
      {"[shared.a]\nx = hunter2", "2: an answer must be \"…\", '…' or '''…'''"},
      {"[shared.a]\nx = 'hunter2", "2: the answer does not end"},
      {"[shared.a]\nx = 'hunter2\n'", "2: the answer does not end"},
      {"[shared.a]\nx = \"hunter2", "2: the answer does not end"},
      {"[shared.a]\nx = \"hunter2\\", "2: an escape must be one of \\\" \\\\ \\n \\r \\t \\uXXXX"},
      {"[shared.a]\nx = \"hunter2\\q\"", "2: an escape must be one of \\\" \\\\ \\n \\r \\t \\uXXXX"},
      {"[shared.a]\nx = \"hunter2\\ud800\"", "2: an escape must be one of \\\" \\\\ \\n \\r \\t \\uXXXX"},
      {"[shared.a]\nx = '''hunter2''", "2: the answer does not end"},
      {"[shared.a]\nx = '1' hunter2", "2: there is more on this line than there should be"},
      {"[shared.a]\nx = '1'\nx = 'hunter2'", "3: this prompt has an answer already"},
      {"[shared]\n", "1: not the head of a section"},
      {"[machines.a]\n", "1: not the head of a section"},
      {"[shared.a.b]\n", "1: not the head of a section"},
      {"[shared.a\n", "1: not the head of a section"},
      {"hunter2", "1: '=' must follow the name of a prompt"},
      {"= 'hunter2'", "1: not a name"},
      {"\"hunter2", "1: not a name"},
  };
  for (const auto& [text, sentence] : rows) {
    EXPECT_THAT(parsed(text), ElementsAre("a.toml:" + sentence)) << text;
    EXPECT_THAT(parse_answers(bytes_of(text), "a.toml").error().hint, Not(HasSubstr("hunter2")));
  }
}

TEST(AnswersFile, MustBeClosedToOthers) {
  const test_support::TemporaryDirectory directory;
  EXPECT_TRUE(AnswersFile::open(directory.write("a", "", 0600)));
  EXPECT_TRUE(AnswersFile::open(directory.write("b", "", 0400)));
  for (const mode_t mode : {0640, 0604, 0610, 0622}) {
    const auto opened = AnswersFile::open(directory.write("c", "", mode));
    ASSERT_FALSE(opened) << mode;
    EXPECT_EQ(opened.error().kind, base::ErrorKind::refused);
    EXPECT_EQ(opened.error().what, directory.path("c") + " is open to other users");
  }
  EXPECT_EQ(AnswersFile::open(directory.path()).error().what, directory.path() + " is not a regular file");
  directory.make_fifo("f");
  EXPECT_EQ(AnswersFile::open(directory.path("f")).error().what,
            directory.path("f") + " is not a regular file");
}

TEST(AnswersFile, MustBeOursOrRoots) {
  VMCRED_NEEDS_ROOT();
  const test_support::TemporaryDirectory directory;
  test_support::give_to(directory.write("a", "", 0600), 4711);
  EXPECT_EQ(AnswersFile::open(directory.path("a")).error().what,
            directory.path("a") + " belongs to another user");
}

TEST(AnswersFile, AnswersAndSaysWhatIsMissing) {
  const test_support::TemporaryDirectory directory;
  auto file = AnswersFile::open(directory.write("a", "[machines.web.wifi]\npassword = 'p'\n"));
  ASSERT_TRUE(file) << file.error().what;
  config::Prompt prompt;
  prompt.name = "password";
  Question question{.generator = {.placement = {.kind = store::Placement::Kind::per_machine, .name = "web"},
                                  .generator = "wifi"},
                    .prompt = &prompt};
  EXPECT_EQ(text_of(file->ask(question)->bytes()), "p");
  question.generator.placement.name = "db";
  const auto missing = file->ask(question);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().what,
            directory.path("a") + " has no answer for machine 'db', generator 'wifi', prompt 'password'");
  EXPECT_EQ(missing.error().hint, "add it: [machines.db.wifi] password = \"…\"");
}

TEST(AnswersFile, NamesWhatNobodyAsks) {
  const test_support::TemporaryDirectory directory;
  const auto config = config::parse(
      "x.toml", "[generators.wifi]\nmachines = ['web']\nprompts.password = { persist = true }\n");
  ASSERT_TRUE(config) << config.error().what;
  const Declared declared(*config);
  const auto file = AnswersFile::open(directory.write(
      "a", "[machines.web.wifi]\npasword = ''\npassword = ''\n[machines.wbe.wifi]\nx = ''\n"));
  ASSERT_TRUE(file) << file.error().what;
  const auto checked = file->check(declared);
  ASSERT_FALSE(checked);
  EXPECT_EQ(
      checked.error().what,
      directory.path("a") + ":2: [machines.web.wifi] has no prompt 'pasword' (did you mean 'password'?)");
  ASSERT_EQ(checked.error().others.size(), 1U);
  EXPECT_EQ(
      checked.error().others[0].what,
      directory.path("a") +
          ":5: [machines.wbe.wifi] is no generator of the config (did you mean '[machines.web.wifi]'?)");
}

}  // namespace
}  // namespace vmcred::vars
