// SPDX-License-Identifier: Apache-2.0
#include "config/hardware_rules.h"

#include <gtest/gtest.h>
#include <set>

#include "base/text.h"

namespace vmcred::config {
namespace {

TEST(HardwareRules, KnowTheNameOfAnInterface) {
  for (const char* good : {"vm-test", "a", "eth0.100", "Vm_1", "a23456789012345"})
    EXPECT_TRUE(is_interface_name(good)) << good;
  for (const char* bad : {"", "0a", "-a", ".", "..", "a/b", "a b", "a:b", "tap%d", "é", "a234567890123456",
                          "all", "default", "lo"})
    EXPECT_FALSE(is_interface_name(bad)) << bad;
}

TEST(HardwareRules, KnowTheTagOfAShare) {
  EXPECT_TRUE(is_share_tag("ro-store"));
  EXPECT_TRUE(is_share_tag("9.A_b"));
  for (const char* bad : {"", ".a", "-a", "a,b", "a/b", "a b"}) EXPECT_FALSE(is_share_tag(bad)) << bad;
}

TEST(HardwareRules, KnowTheAddressOfAnInterface) {
  EXPECT_EQ(parse_mac("02:00:00:01:01:01"), "02:00:00:01:01:01");
  EXPECT_EQ(parse_mac("FE:DC:BA:98:76:54"), "fe:dc:ba:98:76:54");
  for (const char* bad : {"", "02:00:00:01:01", "02:00:00:01:01:0", "02:00:00:01:01:01:01",
                          "02-00-00-01-01-01", "020000010101", "0g:00:00:01:01:01", "01:00:5e:00:00:01",
                          "ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", " 02:00:00:01:01:01"})
    EXPECT_FALSE(parse_mac(bad)) << bad;
}

TEST(HardwareRules, MakeAnAddressThatStaysTheSame) {
  EXPECT_EQ(made_mac("web", "vm-web"), "aa:c2:7f:17:d7:a7");
  EXPECT_EQ(made_mac("web", "vm-web2"), "96:15:9a:41:54:60");
}

TEST(HardwareRules, MakeAddressesThatAreLocalAndDiffer) {
  std::set<std::string> made;
  for (int vm = 0; vm < 1000; ++vm) {
    for (int interface = 0; interface < 4; ++interface) {
      const std::string mac = made_mac(base::concat("vm-", vm), base::concat("tap", interface));
      EXPECT_EQ(parse_mac(mac), mac);
      EXPECT_NE(std::string_view("26ae").find(mac[1]), std::string_view::npos) << mac;
      EXPECT_TRUE(made.insert(mac).second) << mac;
    }
  }
}

TEST(HardwareRules, KnowTheIdOfAMachine) {
  constexpr std::string_view k_id = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(parse_machine_id(k_id), k_id);
  EXPECT_EQ(parse_machine_id("0123456789ABCDEF0123456789ABCDEF"), k_id);
  EXPECT_EQ(parse_machine_id("01234567-89ab-cdef-0123-456789ABCDEF"), k_id);
  for (const char* bad : {"", "0123456789abcdef0123456789abcde", "0123456789abcdef0123456789abcdef0", "web",
                          "0123456-789ab-cdef-0123-456789abcdef0", "{01234567-89ab-cdef-0123-456789abcdef}",
                          "00000000000000000000000000000000", "00000000-0000-0000-0000-000000000000",
                          "0123456789abcdef0123456789abcdeg"})
    EXPECT_FALSE(parse_machine_id(bad)) << bad;
}

TEST(HardwareRules, KnowTheAddressOfADevice) {
  EXPECT_EQ(parse_pci_address("0000:06:00.0"), "0000:06:00.0");
  EXPECT_EQ(parse_pci_address("ABCD:FF:1f.7"), "abcd:ff:1f.7");
  for (const char* bad : {"", "06:00.0", "0000:06:00", "0000:06:00.8", "0000:06:20.0", "0000:06:00.0,x=y",
                          "../0000:06:00.0", "0000:06:0g.0"})
    EXPECT_FALSE(parse_pci_address(bad)) << bad;
  for (const char* good :
       {"vendorid=0x0bda,productid=0x8153", "vendorid=0x1,productid=0x2", "hostbus=1,hostaddr=127"})
    EXPECT_EQ(parse_usb_device(good), good);
  for (const char* bad :
       {"", "0bda:8153", "vendorid=0x0bda", "vendorid=0bda,productid=8153", "vendorid=0x,productid=0x1",
        "vendorid=0x0bda1,productid=0x8153", "vendorid=0x0bda,productid=0x8153,bus=x", "hostbus=1",
        "hostbus=,hostaddr=1", "hostbus=1,hostaddr=1000", "hostbus=0x1,hostaddr=1"})
    EXPECT_FALSE(parse_usb_device(bad)) << bad;
}

}  // namespace
}  // namespace vmcred::config
