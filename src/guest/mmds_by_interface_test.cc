// SPDX-License-Identifier: Apache-2.0
#include "guest/mmds_by_interface.h"

#include <gmock/gmock.h>

#include "guest/mmds.h"
#include "guest/test_namespaces.h"

namespace vmcred::guest {
namespace {

constexpr int k_not_allowed = 77;

base::Result<credential::CredentialSet> fetch_by(const std::vector<std::string>& interfaces) {
  return fetch_by_interfaces(interfaces, *parse_mmds_address("169.254.169.254:9"),
                             deadline_in(std::chrono::seconds(10)));
}

// The error that the search ends with, in a network of its own where nobody answers.
[[noreturn]] void print_error_of_search(const std::vector<std::string>& interfaces) {
  if (!enter_namespaces(CLONE_NEWNET)) ::_exit(k_not_allowed);
  const auto set = fetch_by(interfaces);
  static_cast<void>(!set && base::write_all(STDERR_FILENO, std::as_bytes(std::span(set.error().what)), ""));
  ::_exit(0);
}

bool may_make_networks() {
  bool allowed = true;
  const auto is_allowed = [&](int status) { return allowed = WEXITSTATUS(status) != k_not_allowed, true; };
  EXPECT_EXIT(print_error_of_search({}), is_allowed, "");
  return allowed;
}

TEST(MmdsByInterfaceTest, WithoutAnyInterfaceThereIsNoWay) {
  const auto set = fetch_by({});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().kind, base::ErrorKind::host);
}

// On the loopback interface the whole link is this host's, and refuses.
TEST(MmdsByInterfaceTest, AnInterfaceThatCannotBeConfiguredDoesNotEndTheSearch) {
  if (!may_make_networks()) GTEST_SKIP() << "this host allows no user namespaces";
  EXPECT_EXIT(print_error_of_search({"absent0", "a-name-too-long", "lo"}), testing::ExitedWithCode(0),
              "by lo: metadata service at 169.254.169.254: can't connect: connection refused");
  EXPECT_EXIT(print_error_of_search({"lo", "absent0"}), testing::ExitedWithCode(0),
              "interface 'absent0': no such device");
}

}  // namespace
}  // namespace vmcred::guest
