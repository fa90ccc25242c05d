// SPDX-License-Identifier: Apache-2.0
#include "provider/reasons.h"

#include <gmock/gmock.h>

#include "support/temporary_directory.h"

namespace vmcred::provider {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string k_unit = "microvm@web.service";

class ReasonsTest : public testing::Test {
 protected:
  void grant(const std::string& credential) {
    EXPECT_TRUE(m_reasons.granted(k_unit, credential, {"host-a", "host-b"}));
  }
  std::string text() const { return test_support::read_file(m_directory.path(k_unit)); }

  test_support::TemporaryDirectory m_directory;
  Reasons m_reasons{m_directory.path()};
};

TEST_F(ReasonsTest, OneLineThatEverybodyCanReadIsWrittenAndReplaced) {
  EXPECT_TRUE(m_reasons.refused(k_unit, "first"));
  EXPECT_TRUE(m_reasons.refused(k_unit, "two\nlines"));
  EXPECT_EQ(text(), "two\\x0alines\n");
  EXPECT_EQ(test_support::mode_of(m_directory.path(k_unit)), 0644U);
  EXPECT_THAT(m_directory.names(), ElementsAre(k_unit));
}

TEST_F(ReasonsTest, GoesWhenAllAreGranted) {
  EXPECT_TRUE(m_reasons.refused(k_unit, "no"));
  grant("host-a");
  grant("host-a");
  EXPECT_EQ(text(), "no\n");
  grant("host-b");
  EXPECT_THAT(m_directory.names(), IsEmpty());
}

TEST_F(ReasonsTest, ARefusalStartsTheCountAnew) {
  grant("host-a");
  EXPECT_TRUE(m_reasons.refused(k_unit, "no"));
  grant("host-b");
  EXPECT_EQ(text(), "no\n");
}

TEST_F(ReasonsTest, StaysWithAnotherUnitsSuccess) {
  EXPECT_TRUE(m_reasons.refused(k_unit, "no"));
  EXPECT_TRUE(m_reasons.granted("microvm@db.service", "host-a", {"host-a"}));
  EXPECT_EQ(text(), "no\n");
}

TEST_F(ReasonsTest, WithoutADirectoryNothingIsWritten) {
  Reasons reasons("");
  EXPECT_TRUE(reasons.refused(k_unit, "no"));
  EXPECT_TRUE(reasons.granted(k_unit, "host-a", {"host-a"}));
}

}  // namespace
}  // namespace vmcred::provider
