// SPDX-License-Identifier: Apache-2.0
#include "base/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include "base/file.h"

namespace vmcred::base {
namespace {

using testing::HasSubstr;

TEST(RunProgramTest, InputGoesInAndBothOutputsComeOutWhateverTheirSize) {
  const std::string large(300'000, 'x');
  const auto outcome = run_program({.words = {"sh", "-c", "cat; printf told >&2"}, .input = large});
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(outcome->exit_code, 0);
  EXPECT_EQ(outcome->output, large);
  EXPECT_EQ(outcome->errors, "told");
}

TEST(RunProgramTest, ExitCodeOrSignalIsTold) {
  EXPECT_EQ(run_program({.words = {"sh", "-c", "exit 7"}})->exit_code, 7);
  EXPECT_EQ(run_program({.words = {"sh", "-c", "kill -9 $$"}})->exit_code, 128 + 9);
}

TEST(RunProgramTest, WhatIsNotThereIsAHostError) {
  const auto outcome = run_program({.words = {"vmcred-has-no-such-program"}});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().kind, ErrorKind::host);
  EXPECT_THAT(outcome.error().what, HasSubstr("vmcred-has-no-such-program"));
}

TEST(RunProgramTest, EnvironmentIsOursOrTheOneGiven) {
  const std::vector<std::string> environment = {"PATH=/usr/bin:/bin", "ONLY=this"};
  const auto outcome = run_program({.words = {"env"}, .input = {}, .environment = environment});
  EXPECT_EQ(outcome->output, "PATH=/usr/bin:/bin\nONLY=this\n");
  EXPECT_THAT(run_program({.words = {"env"}})->output, HasSubstr("PATH="));
}

}  // namespace
}  // namespace vmcred::base
