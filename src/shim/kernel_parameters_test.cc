// SPDX-License-Identifier: Apache-2.0
#include "shim/kernel_parameters.h"

#include <gmock/gmock.h>

#include "support/bytes.h"

namespace vmcred::shim {
namespace {

using test_support::text_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct Outcome {
  std::string rest;
  std::vector<std::string> credentials;  // "NAME=VALUE"
};

Outcome take(std::string_view text) {
  std::vector<TakenCredential> taken;
  const auto rest = take_from_kernel_parameters(text, taken);
  EXPECT_TRUE(rest) << rest.error().what;
  Outcome outcome{.rest = rest.value_or(""), .credentials = {}};
  for (const auto& [credential, place] : taken)
    outcome.credentials.push_back(credential.name.text() + "=" + text_of(credential.value.bytes()));
  return outcome;
}

TEST(KernelParametersTest, ACredentialGoesAndTheRestStays) {
  const auto outcome = take("console=ttyS0 systemd.set_credential=API_KEY:a=b:c quiet");
  EXPECT_EQ(outcome.rest, "console=ttyS0 quiet");
  EXPECT_THAT(outcome.credentials, ElementsAre("API_KEY=a=b:c"));
}

TEST(KernelParametersTest, TextWithoutCredentialsStaysAsItIs) {
  EXPECT_EQ(take(" a  b=\"c d\" ").rest, " a  b=\"c d\" ");
  EXPECT_EQ(take("").rest, "");
}

TEST(KernelParametersTest, BinaryValuesAreDecoded) {
  EXPECT_THAT(take("systemd.set_credential_binary=K:AP8K").credentials,
              ElementsAre(std::string("K=\0\xff\n", 5)));
}

TEST(KernelParametersTest, QuotesHoldAValueTogetherAsForSystemd) {
  const auto outcome = take("systemd.set_credential=A:\"x y\" 'systemd.set_credential=B:p  q' z");
  EXPECT_EQ(outcome.rest, "z");
  EXPECT_THAT(outcome.credentials, ElementsAre("A=x y", "B=p  q"));
}

TEST(KernelParametersTest, HyphensInTheKeyAreUnderscores) {
  EXPECT_THAT(take("systemd.set-credential=A:1 systemd.set-credential-binary=B:Mg==").credentials,
              ElementsAre("A=1", "B=2"));
}

TEST(KernelParametersTest, WhatSystemdWouldSkipIsAnErrorThatShowsNoValue) {
  for (const char* text : {"systemd.set_credential=hunter2", "systemd.set_credential=a/b:hunter2",
                           "systemd.set_credential_binary=A:hunter2!"}) {
    std::vector<TakenCredential> taken;
    const auto rest = take_from_kernel_parameters(text, taken);
    ASSERT_FALSE(rest) << text;
    EXPECT_EQ(rest.error().kind, base::ErrorKind::credential);
    EXPECT_THAT(rest.error().what, Not(HasSubstr("hunter2")));
  }
}

TEST(KernelParametersTest, TheShimsInitComesFirstAndThenInit) {
  const auto result = with_shim_init("console=ttyS0 quiet -- single");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->text, "rdinit=/.vmcred/init console=ttyS0 quiet -- single");
  EXPECT_EQ(result->next_init, "/init");
  EXPECT_EQ(with_shim_init("")->text, "rdinit=/.vmcred/init");
}

TEST(KernelParametersTest, AnotherInitIsWhatComesNext) {
  const auto result = with_shim_init("rdinit=/bin/a x rdinit=\"/bin/b c\" -- rdinit=/d");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->text, "rdinit=/.vmcred/init x -- rdinit=/d");
  EXPECT_EQ(result->next_init, "/bin/b c");
}

TEST(KernelParametersTest, AnEmptyInitIsAsGoodAsNone) {
  for (const char* text : {"rdinit= quiet", "rdinit=/bin/a quiet rdinit="}) {
    const auto result = with_shim_init(text);
    ASSERT_TRUE(result) << text;
    EXPECT_EQ(result->text, "rdinit=/.vmcred/init quiet");
    EXPECT_EQ(result->next_init, "/init");
  }
}

TEST(KernelParametersTest, AnInitThatIsNoAbsolutePathIsRefused) {
  const auto result = with_shim_init("rdinit=bin/init");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, base::ErrorKind::usage);
  EXPECT_EQ(result.error().what, "kernel parameter 'rdinit=' is no absolute path: 'bin/init'");
}

TEST(KernelParametersTest, OfJoinedTextsTheLastInitCountsAndEachTextStaysInItsPlace) {
  std::vector<std::string> texts = {"a rdinit=/one", "b rdinit=/two -- c", "rdinit=/three"};
  const auto next_init = exchange_init(texts);
  ASSERT_TRUE(next_init);
  EXPECT_EQ(*next_init, "/two");
  EXPECT_THAT(texts, ElementsAre("rdinit=/.vmcred/init a", "b -- c", "rdinit=/three"));
}

}  // namespace
}  // namespace vmcred::shim
