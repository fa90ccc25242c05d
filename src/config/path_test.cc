// SPDX-License-Identifier: Apache-2.0
#include "config/path.h"

#include <gtest/gtest.h>
#include <string>

#include "config/name_rules.h"

namespace vmcred::config {
namespace {

TEST(Path, TakesTheDirectoryOfAFile) {
  EXPECT_EQ(directory_of("vmcred.toml"), "");
  EXPECT_EQ(directory_of("/vmcred.toml"), "/");
  EXPECT_EQ(directory_of("/etc/vmcred/vmcred.toml"), "/etc/vmcred");
  EXPECT_EQ(directory_of("../vmcred.toml"), "..");
}

TEST(Path, AnchorsAndTidies) {
  struct Row {
    const char* directory;
    const char* path;
    const char* result;
  };
  const Row rows[] = {
      {"/etc/vmcred", "guest/vmlinuz", "/etc/vmcred/guest/vmlinuz"},
      {"/etc/vmcred", "/boot/vmlinuz", "/boot/vmlinuz"},
      {"/etc/vmcred", "../guest//./vmlinuz", "/etc/guest/vmlinuz"},
      {"/etc/vmcred", "../../../../x", "/x"},
      {"/etc/vmcred/", "x/", "/etc/vmcred/x"},
      {"/", "x", "/x"},
      {"/", "..", "/"},
      {"", "guest/vmlinuz", "guest/vmlinuz"},
      {"", "./x", "x"},
      {"", "../x", "../x"},
      {"..", "../x", "../../x"},
      {"a", "../../x", "../x"},
      {"a", "..", "."},
      {"a/b", "..", "a"},
      {"", ".", "."},
      {"", "..x/...", "..x/..."},
  };
  for (const Row& row : rows)
    EXPECT_EQ(anchored(row.directory, row.path), row.result) << row.directory << " " << row.path;
}

TEST(NameRules, Vm) {
  for (const char* name : {"a", "test-vm", "0", "a-b-c"}) EXPECT_TRUE(is_vm_name(name)) << name;
  for (const char* name : {"", "-a", "a-", "a--b", "A", "a_b", "a.b", "ü"})
    EXPECT_FALSE(is_vm_name(name)) << name;
  EXPECT_TRUE(is_vm_name(std::string(63, 'a')));
  EXPECT_FALSE(is_vm_name(std::string(64, 'a')));
}

TEST(NameRules, Store) {
  for (const char* name : {"a", "0", "api-key", "tls.key", "a_b"}) EXPECT_TRUE(is_store_name(name)) << name;
  for (const char* name : {"", ".a", "-a", "_a", "A", "a/b", "a b", ".."})
    EXPECT_FALSE(is_store_name(name)) << name;
  EXPECT_TRUE(is_store_name(std::string(255, 'a')));
  EXPECT_FALSE(is_store_name(std::string(256, 'a')));
}

TEST(NameRules, User) {
  for (const char* name : {"root", "microvm-test", "_apt", "A1", "a23456789a23456789a23456789a123"})
    EXPECT_TRUE(is_user_name(name)) << name;
  for (const char* name : {"", "0", "-a", "a.b", "a b", "a$", "a23456789a23456789a23456789a1234"})
    EXPECT_FALSE(is_user_name(name)) << name;
}

}  // namespace
}  // namespace vmcred::config
