// SPDX-License-Identifier: Apache-2.0
#include "vars/interview.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <deque>

#include "base/text.h"
#include "support/bytes.h"

namespace vmcred::vars {
namespace {

using config::Prompt;
using test_support::bytes_of;
using test_support::text_of;
using testing::ElementsAre;
using testing::HasSubstr;

// Types what it is told to, and remembers what it was shown.
class FakeConsole final : public Console {
 public:
  base::Result<secret::SecretBuffer> read(std::string_view prompt, Show show, Length length) override {
    shown.push_back(
        base::concat(prompt, show == Show::no ? "[hidden]" : "", length == Length::line ? "" : "[lines]"));
    if (typed.empty()) return base::Error{.kind = base::ErrorKind::io, .what = "the input ended"};
    const std::string answer = typed.front();
    typed.pop_front();
    return secret::SecretBuffer::copy_of(bytes_of(answer));
  }
  void tell(std::string_view text) override { shown.emplace_back(text); }

  std::deque<std::string> typed;
  std::vector<std::string> shown;
};

class InterviewTest : public testing::Test {
 protected:
  std::string ask(Prompt::Type type, std::deque<std::string> typed,
                  const secret::SecretBuffer* previous = nullptr) {
    m_prompt.name = "password";
    m_prompt.description = "the password";
    m_prompt.type = type;
    m_console.typed = std::move(typed);
    m_console.shown.clear();
    const auto answer = Interview(m_console).ask(
        {.generator = {.placement = {.kind = store::Placement::Kind::per_machine, .name = "web"},
                       .generator = "wifi"},
         .prompt = &m_prompt,
         .previous = previous});
    return answer ? text_of(answer->bytes()) : "error: " + answer.error().what;
  }

  Prompt m_prompt;
  FakeConsole m_console;
};

TEST_F(InterviewTest, AsksForALineOnce) {
  EXPECT_EQ(ask(Prompt::Type::line, {"home"}), "home");
  EXPECT_THAT(m_console.shown,
              ElementsAre("machine 'web', generator 'wifi', prompt 'password'", "the password: "));
}

TEST_F(InterviewTest, AsksForWhatIsHiddenTwice) {
  EXPECT_EQ(ask(Prompt::Type::hidden, {"a", "a"}), "a");
  EXPECT_THAT(m_console.shown,
              ElementsAre(testing::_, "the password: [hidden]", "the password, again: [hidden]"));
  EXPECT_EQ(ask(Prompt::Type::hidden, {"a", "b", "c", "c"}), "c");
  EXPECT_EQ(ask(Prompt::Type::hidden, {"a", "b", "c", "d", "e", "f"}),
            "error: machine 'web', generator 'wifi', prompt 'password': the two answers differ");
}

TEST_F(InterviewTest, TakesSeveralLinesWithoutTheLastNewline) {
  EXPECT_EQ(ask(Prompt::Type::multiline, {"a\nb\n"}), "a\nb");
  EXPECT_EQ(m_console.shown.back(), "the password (end with Ctrl-D): [lines]");
  EXPECT_EQ(ask(Prompt::Type::multiline_hidden, {"a\nb\n", "a\nb\n"}), "a\nb");
}

TEST_F(InterviewTest, EnterKeepsWhatThereIs) {
  const auto previous = secret::SecretBuffer::copy_of(bytes_of("old"));
  EXPECT_EQ(ask(Prompt::Type::hidden, {""}, &*previous), "old");
  EXPECT_EQ(ask(Prompt::Type::line, {"new"}, &*previous), "new");
  EXPECT_THAT(m_console.shown.back(), HasSubstr("Enter alone keeps what there is"));
}

TEST_F(InterviewTest, AnEmptyAnswerNeedsToBeMeant) {
  EXPECT_EQ(ask(Prompt::Type::line, {"", "x"}), "x");
  EXPECT_EQ(ask(Prompt::Type::line, {"", "", ""}),
            "error: machine 'web', generator 'wifi', prompt 'password': an answer is needed");
  m_prompt.display.required = false;
  EXPECT_EQ(ask(Prompt::Type::line, {""}), "");
}

TEST_F(InterviewTest, AnArrowKeyIsNoAnswer) { EXPECT_EQ(ask(Prompt::Type::line, {"a\x1b[D", "ab"}), "ab"); }

TEST_F(InterviewTest, EndsWithTheInput) { EXPECT_EQ(ask(Prompt::Type::line, {}), "error: the input ended"); }

}  // namespace
}  // namespace vmcred::vars
