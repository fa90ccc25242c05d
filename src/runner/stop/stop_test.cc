// SPDX-License-Identifier: Apache-2.0
#include "runner/stop/stop.h"

#include <gmock/gmock.h>
#include <unistd.h>
#include <csignal>
#include <future>

#include "runner/socket/local_listener.h"
#include "runner/stop/vmm_process.h"
#include "support/fake_api.h"
#include "support/fake_qmp.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using base::ErrorKind;
using std::chrono::seconds;
using test_support::FakeApi;
using test_support::FakeQmp;
using test_support::FakeQmpConnection;
using test_support::FakeQmpEnd;
using test_support::FakeQmpManners;
using test_support::k_qmp_done;
using test_support::k_qmp_greeting;
using testing::ElementsAre;
using testing::SizeIs;

// A VM's runtime directory with a fake QEMU in it.
struct RunningVm {
  explicit RunningVm(const FakeQmp::Play& play)
      : socket(tree.path("qmp.sock")), qemu(socket, play, [this] { claim(config::Hypervisor::qemu); }) {
    leave_socket("report.sock");
  }
  explicit RunningVm(const FakeQmpManners& manners)
      : RunningVm([manners](FakeQmpConnection& client) { return test_support::serve_qmp(client, manners); }) {
  }

  // For the life of the process that calls it.
  void claim(config::Hypervisor hypervisor) const {
    auto claim =
        claim_vm(tree.path(), hypervisor, {.name = "", .uid = ::getuid(), .gid = ::getgid(), .groups = {}});
    if (!claim) ::_exit(121);
    static_cast<void>(claim->release());
  }
  void leave_socket(std::string_view name) const { ASSERT_TRUE(listen_locally(tree.path(name))); }

  base::Result<StopOutcome> stop(seconds patience) {
    return stop_vm(tree.path(), patience, [&](const std::string& text) { said.push_back(text); });
  }

  test_support::TemporaryDirectory tree;
  std::string socket;
  FakeQmp qemu;
  std::vector<std::string> said;
};

TEST(StopVmTest, AGuestThatShutsDownIsLeftToIt) {
  RunningVm vm(FakeQmpManners{.tells_events = true});
  const auto outcome = vm.stop(seconds(20));
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, StopOutcome::guest_shut_down);
  EXPECT_THAT(vm.said, ElementsAre("asking the guest to shut down, waiting up to 20 s"));
  EXPECT_TRUE(vm.qemu.ended_with(FakeQmpEnd::powered_down));
  EXPECT_THAT(vm.tree.names(), ElementsAre("vmm.lock")) << "the sockets are left";
}

TEST(StopVmTest, AGuestThatStillBootsIsAskedAgain) {
  RunningVm vm(FakeQmpManners{.missed_presses = 1});
  const auto outcome = vm.stop(seconds(20));
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, StopOutcome::guest_shut_down);
  EXPECT_TRUE(vm.qemu.ended_with(FakeQmpEnd::powered_down));
}

TEST(StopVmTest, AGuestThatIgnoresItsPowerButtonGetsCtrlAltDelete) {
  RunningVm vm(FakeQmpManners{.tells_events = true, .guest_powers_down = false, .guest_has_keyboard = true});
  const auto outcome = vm.stop(seconds(4));
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, StopOutcome::guest_shut_down);
  EXPECT_THAT(vm.said,
              ElementsAre("asking the guest to shut down, waiting up to 4 s",
                          "the guest does not react to its power button yet, pressing ctrl-alt-delete too"));
  EXPECT_TRUE(vm.qemu.ended_with(FakeQmpEnd::ctrl_alt_delete));
}

TEST(StopVmTest, WithoutPatienceTheGuestIsNotAsked) {
  RunningVm vm(FakeQmpManners{});
  const auto outcome = vm.stop(seconds(0));
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, StopOutcome::quit);
  EXPECT_THAT(vm.said, ElementsAre("ending the hypervisor"));
}

TEST(StopVmTest, AGuestThatDoesNotShutDownInTimeIsEnded) {
  RunningVm vm(FakeQmpManners{.guest_powers_down = false});
  for (const auto* name : {"vsock.sock", "vsock.sock_9999", "vhost-vsock.sock", "console.sock"})
    vm.leave_socket(name);
  const auto outcome = vm.stop(seconds(1));
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, StopOutcome::quit);
  EXPECT_THAT(vm.said, SizeIs(2));
  EXPECT_TRUE(vm.qemu.ended_with(FakeQmpEnd::quit));
  EXPECT_THAT(vm.tree.names(), ElementsAre("vmm.lock"));
}

TEST(StopVmTest, AQemuThatRefusesThePowerButtonIsEnded) {
  RunningVm vm(FakeQmpManners{.refuses_powerdown = true});
  const auto outcome = vm.stop(seconds(20));
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, StopOutcome::not_reached);
  EXPECT_THAT(vm.said, ElementsAre("asking the guest to shut down, waiting up to 20 s",
                                   "its hypervisor does not ask the guest, ending it"));
  EXPECT_TRUE(vm.qemu.ended_with(FakeQmpEnd::quit));
}

TEST(StopVmTest, AQemuThatEndsWithoutAnsweringQuitHasEnded) {
  RunningVm vm(FakeQmpManners{.guest_powers_down = false, .answers_quit = false});
  const auto outcome = vm.stop(seconds(0));
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, StopOutcome::quit);
}

// Three that have to be killed, at once: each takes the time that QEMU gets for ending by itself.
TEST(StopVmTest, AQemuThatDoesNotEndIsKilled) {
  RunningVm ignores_quit(FakeQmpManners{.guest_powers_down = false, .quits = false});
  RunningVm hangs_up([](FakeQmpConnection& client) {
    client.write(k_qmp_greeting);
    static_cast<void>(client.read_line());
    client.write(k_qmp_done);
    client.close();
    for (;;) ::pause();
    return FakeQmpEnd::done;
  });
  RunningVm talks_nonsense([](FakeQmpConnection& client) {
    client.write(k_qmp_greeting);
    static_cast<void>(client.read_line());
    client.write(k_qmp_done);
    static_cast<void>(client.read_line());
    client.write("{\"error\": {}}\r\n");
    while (client.read_line()) client.write("{{{\r\n{\"return\": {}}\r\n");
    for (;;) ::pause();
    return FakeQmpEnd::done;
  });
  ::signal(SIGPIPE, SIG_DFL);
  const auto stop = [](RunningVm& vm) {
    return std::async(std::launch::async, [&] { return vm.stop(seconds(0)); });
  };
  std::future<base::Result<StopOutcome>> stopping[] = {stop(ignores_quit), stop(hangs_up),
                                                       stop(talks_nonsense)};
  for (auto& stopped : stopping) {
    const auto outcome = stopped.get();
    ASSERT_TRUE(outcome) << outcome.error().what;
    EXPECT_EQ(*outcome, StopOutcome::killed);
  }
  for (auto* vm : {&ignores_quit, &hangs_up, &talks_nonsense}) {
    EXPECT_TRUE(vm->qemu.wait().killed_by(SIGKILL));
    EXPECT_THAT(vm->tree.names(), ElementsAre("vmm.lock"));
  }
}

TEST(StopVmTest, AVmThatIsNotRunningIsSaidNotToRun) {
  const test_support::TemporaryDirectory tree;
  const auto check = [&] {
    const auto outcome = stop_vm(tree.path(), seconds(0), [](const std::string&) {});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().kind, ErrorKind::vmm);
    EXPECT_EQ(outcome.error().what, "not running (nobody holds " + tree.path("vmm.lock") + ")");
  };
  check();
  // A hypervisor that was killed leaves its files.
  tree.write("vmm.lock", "qemu");
  { const FakeQmp killed(tree.path("qmp.sock"), FakeQmpManners{}); }
  check();
}

TEST(StopVmTest, AHypervisorThatCanNotBeSpokenToIsEnded) {
  RunningVm vm([](FakeQmpConnection& client) {
    client.write("220 mail.example.org\r\n");
    for (;;) ::pause();
    return FakeQmpEnd::client_left;
  });
  const auto outcome = vm.stop(seconds(20));
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, StopOutcome::not_reached);
  EXPECT_THAT(vm.said, ElementsAre("nobody can ask its guest (" + vm.socket +
                                   ": the peer is not QEMU), ending its hypervisor"));
  EXPECT_TRUE(vm.qemu.wait().killed_by(SIGTERM));
}

// One that runs as `hypervisor`, serves an API by `answer` and ends when that says so.
struct RunningApiVm {
  RunningApiVm(config::Hypervisor hypervisor, const FakeApi::Answer& answer)
      : api(tree.path("api.sock"), answer, [this, hypervisor] {
          auto claim = claim_vm(tree.path(), hypervisor,
                                {.name = "", .uid = ::getuid(), .gid = ::getgid(), .groups = {}});
          if (!claim) ::_exit(121);
          static_cast<void>(claim->release());
        }) {}

  base::Result<StopOutcome> stop(seconds patience) {
    return stop_vm(tree.path(), patience, [&](const std::string& text) { said.push_back(text); });
  }

  test_support::TemporaryDirectory tree;
  FakeApi api;
  std::vector<std::string> said;
};

TEST(StopVmTest, CloudHypervisorsGuestGetsItsPowerButton) {
  RunningApiVm vm(config::Hypervisor::cloud_hypervisor, [](const std::string& request) {
    return request == "PUT /api/v1/vm.power-button " ? FakeApi::Reply{.status = 204, .ends = true}
                                                     : FakeApi::Reply{.status = 404};
  });
  const auto outcome = vm.stop(seconds(20));
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, StopOutcome::guest_shut_down);
  EXPECT_THAT(vm.tree.names(), ElementsAre("vmm.lock"));
}

TEST(StopVmTest, ACloudHypervisorWhoseGuestDoesNotReactIsToldToEnd) {
  RunningApiVm vm(config::Hypervisor::cloud_hypervisor, [](const std::string& request) {
    return FakeApi::Reply{.status = 204, .ends = request == "PUT /api/v1/vmm.shutdown "};
  });
  const auto outcome = vm.stop(seconds(1));
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, StopOutcome::quit);
  EXPECT_THAT(vm.said, ElementsAre("asking the guest to shut down, waiting up to 1 s",
                                   "the guest did not shut down in time, ending its hypervisor"));
}

TEST(StopVmTest, FirecrackersGuestGetsCtrlAltDelete) {
  RunningApiVm vm(config::Hypervisor::firecracker, [](const std::string& request) {
    return request == R"(PUT /actions {"action_type":"SendCtrlAltDel"})"
               ? FakeApi::Reply{.status = 204, .ends = true}
               : FakeApi::Reply{.status = 400};
  });
  const auto outcome = vm.stop(seconds(20));
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, StopOutcome::guest_shut_down);
}

TEST(StopVmTest, AFirecrackerThatRefusesIsEndedByASignal) {
  RunningApiVm vm(config::Hypervisor::firecracker,
                  [](const std::string&) { return FakeApi::Reply{.status = 400}; });
  const auto outcome = vm.stop(seconds(20));
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, StopOutcome::not_reached);
}

TEST(StopVmTest, AHypervisorWithoutAWayIsEndedAndThatIsNoFailure) {
  RunningApiVm vm(config::Hypervisor::kvmtool,
                  [](const std::string&) { return FakeApi::Reply{.status = 400}; });
  const auto outcome = vm.stop(seconds(20));
  ASSERT_TRUE(outcome) << outcome.error().what;
  EXPECT_EQ(*outcome, StopOutcome::not_asked);
  EXPECT_THAT(vm.said, ElementsAre("its hypervisor has no way to ask a guest, ending it"));
}

}  // namespace
}  // namespace vmcred::runner
