// SPDX-License-Identifier: Apache-2.0
#include "runner/host/vsock.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <cstdlib>
#include <thread>

#include "base/text.h"
#include "runner/beside/vsock_device.h"
#include "support/child.h"
#include "support/machine.h"
#include "support/temporary_directory.h"
#include "systemd/unix_address.h"

namespace vmcred::runner {
namespace {

using base::UniqueFd;
using config::VsockDevice;
using test_support::in_child;
using testing::HasSubstr;
using testing::StartsWith;
using vmm::VsockBackEnd;

config::VirtualMachine machine_with(std::uint32_t cid, VsockDevice device = VsockDevice::automatic) {
  auto vm = test_support::machine();
  vm.vsock_cid = cid;
  vm.vsock_device = device;
  return vm;
}

TEST(ChooseVsockTest, AVmWithoutACidHasNone) {
  const auto chosen = choose_vsock(test_support::machine());
  ASSERT_TRUE(chosen);
  EXPECT_FALSE(chosen->has_value());
}

TEST(ChooseVsockTest, TheProgramIsFoundOnThePath) {
  const test_support::TemporaryDirectory tree;
  tree.write("vhost-device-vsock", "", 0755);
  const auto outcome = in_child([&]() -> std::string {
    ::setenv("PATH", tree.path().c_str(), 1);
    const auto chosen = choose_vsock(machine_with(3, VsockDevice::vhost_user));
    if (!chosen) return chosen.error().what;
    return *chosen == VsockBackEnd::vhost_user && find_vsock_program() == tree.path("vhost-device-vsock")
               ? "found"
               : "no";
  });
  EXPECT_EQ(outcome.text, "found");
}

TEST(ChooseVsockTest, WhatIsNotThereIsNamed) {
  if (base::path_exists(k_vhost_vsock)) GTEST_SKIP() << "this host has " << k_vhost_vsock;
  const auto chosen = choose_vsock(machine_with(3, VsockDevice::vhost));
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().kind, base::ErrorKind::host);
  EXPECT_THAT(chosen.error().what, HasSubstr("/dev/vhost-vsock"));
  EXPECT_THAT(chosen.error().hint, HasSubstr("modprobe vhost_vsock"));
}

TEST(NotifyPortTest, EachVmHasItsOwnAtTheKernel) {
  EXPECT_EQ(*notify_port(machine_with(3), VsockBackEnd::vhost_user), 9999U);
  EXPECT_EQ(*notify_port(machine_with(4294967294U), VsockBackEnd::vhost_user), 9999U);
  EXPECT_EQ(*notify_port(machine_with(3), VsockBackEnd::vhost), 0x76000003U);
  EXPECT_EQ(*notify_port(machine_with(0x89FFFFFEU), VsockBackEnd::vhost), 0xFFFFFFFEU);
  const auto none = notify_port(machine_with(0x89FFFFFFU), VsockBackEnd::vhost);
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error().hint, HasSubstr("below 2315255807"));
}

TEST(ListenForGuestTest, TakesThePlaceOfASocketThatWasLeft) {
  const test_support::TemporaryDirectory tree;
  for (int i = 0; i < 2; ++i) {
    const auto listener = listen_for_guest(VsockBackEnd::vhost_user, 9999, tree.path());
    ASSERT_TRUE(listener) << listener.error().what;
    EXPECT_TRUE(base::path_exists(tree.path("vsock.sock_9999")));
  }
}

// Plays vhost-device-vsock's part at vsock.sock for one client: reads a line, answers, echoes.
class HybridSocketTest : public testing::Test {
 protected:
  void serve(const std::string& answer) {
    const auto address = systemd::UnixAddress::parse(m_tree.path("vsock.sock"));
    m_listener = UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::bind(m_listener.get(), address->get(), address->size()), 0);
    ASSERT_EQ(::listen(m_listener.get(), 1), 0);
    m_thread = std::thread([this, answer] {
      const UniqueFd client(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
      char c = 0;
      while (::read(client.get(), &c, 1) == 1 && c != '\n') m_request += c;
      static_cast<void>(::send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL));
    });
  }
  ~HybridSocketTest() override {
    if (m_thread.joinable()) m_thread.join();
  }

  test_support::TemporaryDirectory m_tree;
  UniqueFd m_listener;
  std::string m_request;
  std::thread m_thread;
};

TEST_F(HybridSocketTest, WhatFollowsTheAnswerIsTheGuests) {
  serve("OK 1073741824\nSSH-2.0-x\n");
  const auto socket = connect_to_guest(machine_with(3), 22, m_tree.path());
  ASSERT_TRUE(socket) << socket.error().what;
  char buffer[64];
  EXPECT_EQ(std::string(buffer, static_cast<std::size_t>(::read(socket->get(), buffer, sizeof buffer))),
            "SSH-2.0-x\n");
  m_thread.join();
  EXPECT_EQ(m_request, "CONNECT 22");
}

TEST_F(HybridSocketTest, APortWithoutAListenerIsSaidToBeOne) {
  for (const auto* answer : {"", "OK", "NO 22\n", "OKAY\n"}) {
    if (m_thread.joinable()) m_thread.join();
    ::unlink(m_tree.path("vsock.sock").c_str());
    serve(answer);
    const auto socket = connect_to_guest(machine_with(3), 22, m_tree.path());
    ASSERT_FALSE(socket) << answer;
    EXPECT_EQ(socket.error().kind, base::ErrorKind::vmm);
    EXPECT_EQ(socket.error().what, "nobody listens on port 22 of the guest");
  }
}

TEST_F(HybridSocketTest, AVmWithoutAVirtioSocketIsSaidToHaveNone) {
  const auto socket = connect_to_guest(test_support::machine(), 22, m_tree.path());
  ASSERT_FALSE(socket);
  EXPECT_EQ(socket.error().what, "it has no virtio socket");
}

TEST(VsockDeviceTest, OneThatEndsAtOnceIsReportedAtOnce) {
  const test_support::TemporaryDirectory tree;
  tree.write("vhost-device-vsock", "#!/bin/sh\nexit 1\n", 0755);
  const auto outcome = in_child([&]() -> std::string {
    ::setenv("PATH", tree.path().c_str(), 1);
    const auto device = start_vsock_device(machine_with(3), tree.path(), std::nullopt);
    if (!device) return device.error().what;
    const auto waited = wait_for_vsock_device(*device, tree.path());
    return waited ? "listens" : waited.error().what;
  });
  EXPECT_EQ(outcome.text, "vhost-device-vsock ended (exit code 1)");
}

}  // namespace
}  // namespace vmcred::runner
