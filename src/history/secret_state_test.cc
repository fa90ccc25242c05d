// SPDX-License-Identifier: Apache-2.0
#include "history/secret_state.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "support/bytes.h"

namespace vmcred::history {
namespace {

using test_support::bytes_of;

SecretState sealed(std::string_view text) { return SealedState{.digest = digest_of(bytes_of(text))}; }
SecretState kept(std::string version, std::string_view text) {
  return KeptState{.version = std::move(version), .digest = digest_of(bytes_of(text))};
}

TEST(SecretState, OfSealedFilesIsThatOfTheFile) {
  EXPECT_TRUE(is_same(sealed("x"), sealed("x")));
  EXPECT_FALSE(is_same(sealed("x"), sealed("y")));
}

TEST(SecretState, GoesByTheVersionWhereItIsKnown) {
  EXPECT_TRUE(is_same(kept("aa", "x"), kept("aa", "y"))) << "encrypted for somebody else, too";
  EXPECT_FALSE(is_same(kept("aa", "x"), kept("bb", "x")));
  EXPECT_TRUE(is_same(kept("-", "x"), kept("-", "x")));
  EXPECT_FALSE(is_same(kept("-", "x"), kept("-", "y")));
  EXPECT_FALSE(is_same(kept("aa", "x"), kept("-", "y"))) << "the first rotation gives a version";
}

TEST(SecretState, OfAnotherKindOrUnknownIsNeverTheSame) {
  EXPECT_FALSE(is_same(sealed("x"), kept("-", "x")));
  EXPECT_FALSE(is_same(UnknownState{}, UnknownState{}));
  EXPECT_FALSE(is_same(sealed("x"), UnknownState{}));
}

TEST(SecretState, ComesBackFromItsText) {
  for (const SecretState& state : {sealed("x"), kept("-", "x"), kept("0a1b", "y"),
                                   SecretState(DeliveredState{"beef", digest_of(bytes_of("z"))})}) {
    const auto again = parse_state(text_of(state));
    ASSERT_TRUE(again) << text_of(state);
    EXPECT_TRUE(is_same(*again, state));
    EXPECT_EQ(text_of(*again), text_of(state));
  }
  EXPECT_EQ(text_of(*parse_state("unknown")), "unknown");
}

TEST(SecretState, RefusesOtherTexts) {
  const std::string hex(64, 'a');
  for (const std::string& text :
       {std::string(), std::string("sealed "), base::concat("sealed ", hex, "a"),
        base::concat("sealed A", hex.substr(1)), base::concat("kept ", hex), base::concat("kept  ", hex),
        base::concat("other ", hex), std::string("unknown ")})
    EXPECT_FALSE(parse_state(text)) << text;
}

// RFC 7693, appendix A has the 512-bit digest; this is "abc" with 256 bits, as `b2sum -l 256` gives it.
TEST(SecretState, DigestIsBlake2b) {
  EXPECT_EQ(base::hex(digest_of(bytes_of("abc"))),
            "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

}  // namespace
}  // namespace vmcred::history
