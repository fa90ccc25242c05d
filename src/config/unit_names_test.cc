// SPDX-License-Identifier: Apache-2.0
#include "config/unit_names.h"

#include <gtest/gtest.h>

#include "config/load.h"

namespace vmcred::config {
namespace {

TEST(UnitNames, AreThoseThatPeopleType) {
  EXPECT_EQ(vm_unit_name("test-vm"), "microvm@test-vm.service");
  EXPECT_EQ(rotation_unit_stem("web", "api-key"), "vmcred-rotate@web:api-key");
}

TEST(UnitNames, TellTheVmOfAUnit) {
  EXPECT_EQ(vm_of_unit("microvm@test-vm.service"), "test-vm");
  for (const auto* other : {"", "microvm@.service", "microvm@a", "nginx.service", "microvm@a/b.service",
                            "microvm@a.service.service", "microvm@A.service", "microvm@a.socket"})
    EXPECT_EQ(vm_of_unit(other), std::nullopt) << other;
}

TEST(UnitNames, SaySoForKeptSecretsOnly) {
  const auto config = parse("/x.toml", R"(
vms.a = { kernel = "k", secrets = { f.path = "/f", r.random = "hex:8", c.encrypted = "/c" } }
vms.b = { kernel = "k", deliver = "encrypted", secrets.r.random = "hex:8" }
)");
  ASSERT_TRUE(config);
  const auto& [a, b] = std::tie(config->vms[0], config->vms[1]);
  EXPECT_FALSE(is_kept(a.secrets[0]));
  EXPECT_TRUE(is_provided(a, a.secrets[1]));
  EXPECT_FALSE(is_kept(a.secrets[2]));
  EXPECT_TRUE(is_kept(b.secrets[0]));
  EXPECT_FALSE(is_provided(b, b.secrets[0]));
  EXPECT_EQ(encrypted_credential_path(b, b.secrets[0]), "/etc/credstore.encrypted/microvm@b.host-r");
}

TEST(UserName, IsTheVmsUnlessTheConfigSaysOtherwise) {
  VirtualMachine vm;
  vm.name = "test-vm";
  EXPECT_EQ(user_name(vm), "microvm-test-vm");
  vm.user = "alice";
  EXPECT_EQ(user_name(vm), "alice");
}

}  // namespace
}  // namespace vmcred::config
