// SPDX-License-Identifier: Apache-2.0
#include "unit/surroundings.h"

#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace vmcred::unit {
namespace {

TEST(Programs, AreBesideThisOne) {
  EXPECT_EQ(programs_beside("/usr/lib/systemd/system-generators/vmcred-generator").vmcred, "/usr/bin/vmcred");
  EXPECT_EQ(programs_beside("/opt/x/lib/systemd/system-generators/vmcred-generator").vmcred,
            "/opt/x/bin/vmcred");
  EXPECT_EQ(programs_beside("/usr/local/bin/vmcred").provider, "/usr/local/libexec/vmcred/vmcred-provider");
  for (const auto* other : {"", "/bin/vmcred", "/home/me/build/src/vmcred", "vmcred"})
    EXPECT_EQ(programs_beside(other).vmcred, "/usr/bin/vmcred") << other;
}

TEST(Survey, FindsUnitsOfOthers) {
  const test_support::TemporaryDirectory directory;
  const std::string_view directories[] = {"/nonexistent", directory.path()};
  EXPECT_FALSE(survey("/c", directories).has_template);
  directory.write("microvm@.service", "", 0644);
  EXPECT_TRUE(survey("/c", directories).has_template);
  EXPECT_FALSE(survey("/c", directories).has_target);
  directory.write("microvms.target", "", 0644);
  EXPECT_TRUE(survey("/c", directories).has_target);
  EXPECT_EQ(survey("/c", directories).config, "/c");
}

}  // namespace
}  // namespace vmcred::unit
