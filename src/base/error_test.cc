// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <gmock/gmock.h>
#include <cerrno>
#include <memory>

#include "base/result.h"

namespace vmcred::base {
namespace {

using testing::ElementsAre;

std::vector<std::string> texts(const Error& error) {
  std::vector<std::string> all = {error.what};
  for (const auto& other : error.others) all.push_back(other.what);
  return all;
}

TEST(ErrorTest, AContextStandsInFrontOfEveryFinding) {
  std::vector<Error> findings;
  for (const auto* what : {"a", "b", "c"}) findings.push_back({.kind = ErrorKind::credential, .what = what});
  findings[1].kind = ErrorKind::refused;
  const Error error = first_with_others(std::move(findings)).in("secret 'x'").in("vm 'y'");
  EXPECT_THAT(texts(error),
              ElementsAre("vm 'y': secret 'x': a", "vm 'y': secret 'x': b", "vm 'y': secret 'x': c"));
  EXPECT_EQ(error.kind, ErrorKind::credential);
  EXPECT_EQ(error.others.front().kind, ErrorKind::refused);
}

TEST(ErrorTest, TheFirstHintStays) {
  const Error error =
      Error{.kind = ErrorKind::host, .what = "a"}.with_hint("").with_hint("first").with_hint("second");
  EXPECT_EQ(error.hint, "first");
}

TEST(ErrnoErrorTest, NamesTheSubjectAndTheReasonInLowerCase) {
  const Error error = errno_error("/run/x", EACCES);
  EXPECT_EQ(error.kind, ErrorKind::io);
  EXPECT_EQ(error.what, "/run/x: permission denied");
  errno = ENOENT;
  EXPECT_EQ(errno_error("/run/x").what, "/run/x: no such file or directory");
  EXPECT_EQ(errno_text(EIO), "input/output error");
  EXPECT_EQ(errno_text(EXDEV), "invalid cross-device link");
  EXPECT_EQ(errno_text(99'999), "error 99999");
}

Result<int> half(int number) {
  if (number % 2 != 0) return Error{.kind = ErrorKind::usage, .what = "odd"};
  return number / 2;
}

Result<void> check_even(int number) {
  VMCRED_TRY(half(number));
  return {};
}

Result<int> quarter(int number) {
  VMCRED_TRY_ASSIGN(const int first, half(number));
  int second = 0;
  VMCRED_TRY_ASSIGN(second, half(first));
  return second;
}

Result<std::unique_ptr<int>> boxed(int number) {
  VMCRED_TRY(check_even(number));
  return std::make_unique<int>(number);
}

Result<int> unboxed(int number) {
  VMCRED_TRY_ASSIGN(const std::unique_ptr<int> box, boxed(number));
  return *box;
}

TEST(ResultTest, TryPassesValuesOnAndErrorsUp) {
  EXPECT_EQ(*quarter(12), 3);
  EXPECT_EQ(quarter(6).error().what, "odd");
  EXPECT_EQ(quarter(3).error().kind, ErrorKind::usage);
  EXPECT_TRUE(check_even(2));
  EXPECT_FALSE(check_even(1));
}

TEST(ResultTest, TryMovesWhatCanNotBeCopied) {
  EXPECT_EQ(*unboxed(8), 8);
  EXPECT_EQ(unboxed(7).error().what, "odd");
}

TEST(ResultTest, TryEvaluatesItsExpressionOnce) {
  int calls = 0;
  const auto count = [&]() -> Result<int> { return ++calls; };
  const auto twice = [&]() -> Result<int> {
    VMCRED_TRY(count());
    VMCRED_TRY_ASSIGN(const int number, count());
    return number;
  };
  EXPECT_EQ(*twice(), 2);
}

TEST(ResultTest, InPutsTheContextInFront) { EXPECT_EQ(in("vm 'x'", half(1)).what, "vm 'x': odd"); }

}  // namespace
}  // namespace vmcred::base
