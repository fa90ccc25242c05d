// SPDX-License-Identifier: Apache-2.0
#include "cli/vm/provider_trouble.h"

#include <gmock/gmock.h>

#include "support/temporary_directory.h"

namespace vmcred::cli {
namespace {

using testing::HasSubstr;

class ProviderTrouble : public testing::Test {
 protected:
  ProviderTrouble() { m_config.store.identities = {m_tree.path("identity.txt")}; }

  test_support::TemporaryDirectory m_tree;
  config::Config m_config;
};

TEST_F(ProviderTrouble, IsNoneWhereTheProviderRunsOrHasNotBeenNeeded) {
  EXPECT_EQ(provider_trouble(m_config, parse_unit_state("ActiveState=active\nResult=success\n")), "");
  EXPECT_EQ(provider_trouble(m_config, parse_unit_state("LoadState=not-found\n")), "");
}

TEST_F(ProviderTrouble, NamesTheIdentityThatIsMissing) {
  const auto failed = parse_unit_state("ActiveState=failed\nResult=exit-code\n");
  EXPECT_THAT(provider_trouble(m_config, failed),
              HasSubstr("vmcred-provider.service failed: " + m_tree.path("identity.txt") + ": no such file"));
}

TEST_F(ProviderTrouble, SaysWhereToLookForAnythingElse) {
  m_tree.write("identity.txt", "");
  EXPECT_EQ(provider_trouble(m_config, parse_unit_state("ActiveState=failed\nResult=start-limit-hit\n")),
            "vmcred-provider.service failed (see 'systemctl status vmcred-provider.service')");
}

}  // namespace
}  // namespace vmcred::cli
