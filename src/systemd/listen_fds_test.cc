// SPDX-License-Identifier: Apache-2.0
#include "systemd/listen_fds.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cstdlib>

#include "base/text.h"
#include "support/child.h"

namespace vmcred::systemd {
namespace {

// What a process finds in which `count` sockets are open from 3 on: their names, or the error.
struct Given {
  std::string pid = "self";
  std::string count = "2";
  const char* names = nullptr;
  int open = 2;
};

std::string found(const Given& given) {
  return test_support::in_child([&]() -> std::string {
           ::close_range(3, ~0U, 0);
           for (int i = 0; i < given.open; ++i) static_cast<void>(::socket(AF_UNIX, SOCK_STREAM, 0));
           ::setenv("LISTEN_PID",
                    given.pid == "self" ? std::to_string(::getpid()).c_str() : given.pid.c_str(), 1);
           ::setenv("LISTEN_FDS", given.count.c_str(), 1);
           if (given.names != nullptr) ::setenv("LISTEN_FDNAMES", given.names, 1);
           const auto sockets = take_listen_fds();
           if (std::getenv("LISTEN_PID") != nullptr || std::getenv("LISTEN_FDS") != nullptr ||
               std::getenv("LISTEN_FDNAMES") != nullptr)
             return "the environment was not cleaned";
           if (!sockets) return sockets.error().what;
           std::string text;
           for (const auto& socket : *sockets) {
             if ((::fcntl(socket.fd.get(), F_GETFD) & FD_CLOEXEC) == 0) return "kept open on exec";
             text += base::concat(socket.fd.get(), "=", socket.name, " ");
           }
           return text;
         })
      .text;
}

TEST(ListenFdsTest, TakesThemWithTheirNames) {
  EXPECT_EQ(found({.names = "provider.socket:other"}), "3=provider.socket 4=other ");
  EXPECT_EQ(found({}), "3=unknown 4=unknown ");
  EXPECT_EQ(found({.names = "one"}), "3=one 4=unknown ");
  EXPECT_EQ(found({.count = "0"}), "");
}

TEST(ListenFdsTest, LeavesThoseOfAnotherProcess) {
  EXPECT_EQ(found({.pid = "1"}), "");
  EXPECT_EQ(found({.pid = ""}), "");
  EXPECT_EQ(found({.pid = "x"}), "");
}

TEST(ListenFdsTest, NoticesContradictions) {
  EXPECT_EQ(found({.open = 1}), "$LISTEN_FDS says that descriptor 4 is open: it is not");
  for (const char* count : {"", "-1", "2x", "999999"})
    EXPECT_EQ(found({.count = count}), base::concat("$LISTEN_FDS is no number of sockets: '", count, "'"));
}

TEST(ListenFdsTest, FindsNoneInAnOrdinaryProcess) {
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
  const auto sockets = take_listen_fds();
  ASSERT_TRUE(sockets);
  EXPECT_TRUE(sockets->empty());
}

}  // namespace
}  // namespace vmcred::systemd
