// SPDX-License-Identifier: Apache-2.0
#include "runner/secrets/trusted_path.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include "support/child.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using base::ErrorKind;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr uid_t k_alice = 4711;
constexpr uid_t k_bob = 4712;

class OpenTrustedTest : public testing::Test {
 protected:
  std::string content(std::string_view name) const {
    TrustedFiles files;
    const auto file = files.open(m_tree.path(name));
    EXPECT_TRUE(file) << file.error().what;
    const std::string text = file ? test_support::read_descriptor(file->get()) : "";
    const auto again = files.open(m_tree.path(name));
    EXPECT_TRUE(again) << again.error().what;
    EXPECT_EQ(again ? test_support::read_descriptor(again->get()) : "", text);
    return text;
  }
  base::Error failure(std::string_view name) const {
    TrustedFiles files;
    auto file = files.open(m_tree.path(name));
    EXPECT_FALSE(file) << name;
    const auto again = files.open(m_tree.path(name));
    EXPECT_FALSE(again) << name;
    EXPECT_EQ(file ? "" : file.error().what, again ? "" : again.error().what);
    return file ? base::Error{.kind = ErrorKind::usage, .what = "opened"} : std::move(file).error();
  }

  // What a user makes: name and all go to them.
  void own(uid_t user, std::string_view name) const { test_support::give_to(m_tree.path(name), user); }

  test_support::TemporaryDirectory m_tree;
};

TEST_F(OpenTrustedTest, OpensARegularFileForReadingOnly) {
  m_tree.write("secret", "bytes", 0400);
  EXPECT_EQ(content("secret"), "bytes");
  const auto file = open_trusted(m_tree.path("secret"));
  ASSERT_TRUE(file);
  EXPECT_EQ(::fcntl(file->get(), F_GETFL) & O_ACCMODE, O_RDONLY);
  EXPECT_EQ(::fcntl(file->get(), F_GETFD), FD_CLOEXEC);
}

TEST_F(OpenTrustedTest, TakesEverySpellingOfAPath) {
  m_tree.make_directory("a");
  m_tree.make_directory("a/b");
  m_tree.write("a/secret", "bytes");
  for (const auto* spelling :
       {"a/secret", "a//secret", "a/./secret", "./a/secret", "a/b/../secret", "a/b/../../a/secret"})
    EXPECT_EQ(content(spelling), "bytes") << spelling;
}

TEST_F(OpenTrustedTest, WhatIsNoRegularFileIsRefusedByType) {
  m_tree.make_directory("directory");
  const std::string name = m_tree.path("socket");
  const base::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ASSERT_LT(name.copy(address.sun_path, sizeof address.sun_path - 1), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  struct Row {
    std::string path;
    const char* reason;
  };
  const Row rows[] = {
      {m_tree.path("missing"), "missing: no such file or directory"},
      {m_tree.path("missing/further"), "no such file or directory"},
      {m_tree.write("file", "") + "/further", "not a directory"},
      {m_tree.path("directory"), "is a directory, expected a regular file"},
      {"/", "is a directory, expected a regular file"},
      {name, "is a socket, expected a regular file"},
      {"/dev/null", "is a device, expected a regular file"},
      {m_tree.path(std::string(300, 'x')), "file name too long"},
  };
  for (const auto& row : rows) {
    const auto file = open_trusted(row.path);
    ASSERT_FALSE(file) << row.path;
    EXPECT_EQ(file.error().kind, ErrorKind::credential) << row.path;
    EXPECT_THAT(file.error().what, StartsWith(row.path));
    EXPECT_THAT(file.error().what, HasSubstr(row.reason));
  }
}

TEST_F(OpenTrustedTest, AFifoIsRefusedWithoutWaitingForAWriter) {
  m_tree.make_fifo("fifo");
  const auto outcome = test_support::in_child([&] {
    ::alarm(10);
    return failure("fifo").what;
  });
  ASSERT_TRUE(outcome.exited_with(0)) << "it waited";
  EXPECT_THAT(outcome.text, EndsWith("is a FIFO, expected a regular file"));
}

TEST_F(OpenTrustedTest, FollowsItsOwnersLinks) {
  m_tree.make_directory("a");
  m_tree.make_directory("b");
  m_tree.write("a/secret", "bytes");
  m_tree.make_link("relative", "a/secret");
  m_tree.make_link("b/up", "../a/secret");
  m_tree.make_link("directory", "a");
  m_tree.make_link("chain", "b/up");
  for (const auto* name : {"relative", "b/up", "directory/secret", "chain"})
    EXPECT_EQ(content(name), "bytes") << name;
  m_tree.make_link("dangling", "nowhere");
  EXPECT_THAT(failure("dangling").what, EndsWith("dangling: no such file or directory"));
}

// An absolute link starts again at "/", which is root's: a user's own may lead nowhere, as with systemd.
TEST_F(OpenTrustedTest, FollowsAbsoluteLinksOfRootAlone) {
  m_tree.write("secret", "bytes");
  m_tree.make_link("absolute", m_tree.path("secret"));
  if (::geteuid() == 0)
    EXPECT_EQ(content("absolute"), "bytes");
  else
    EXPECT_EQ(failure("absolute").kind, ErrorKind::refused);
}

TEST_F(OpenTrustedTest, GivesUpOnLinksThatNeverEnd) {
  m_tree.make_link("self", "self");
  m_tree.make_link("ping", "pong");
  m_tree.make_link("pong", "./ping");
  m_tree.make_link("grows", "grows/x");
  for (const auto* name : {"self", "ping", "grows"}) {
    const auto error = failure(name);
    EXPECT_EQ(error.kind, ErrorKind::credential);
    EXPECT_THAT(error.what, EndsWith("too many levels of symbolic links")) << name;
  }
}

TEST_F(OpenTrustedTest, FollowsFortyLinksAndNoMore) {
  m_tree.write("0", "bytes");
  for (int i = 1; i <= 41; ++i) m_tree.make_link(std::to_string(i), std::to_string(i - 1));
  EXPECT_EQ(content("40"), "bytes");
  EXPECT_THAT(failure("41").what, EndsWith("too many levels of symbolic links"));
}

// Everything that alice can arrange in her own directory, and where it may lead.
TEST_F(OpenTrustedTest, NobodyCanLeadToAFileThatIsNotTheirs) {
  VMCRED_NEEDS_ROOT();
  m_tree.write("roots", "root's");
  m_tree.make_directory("bob");
  own(k_bob, "bob");
  m_tree.write("bob/secret", "bob's");
  own(k_bob, "bob/secret");
  m_tree.make_directory("alice");
  m_tree.write("alice/secret", "alice's");
  own(k_alice, "alice/secret");
  struct Link {
    const char* name;
    std::string target;
  };
  const Link links[] = {{"alice/own", "secret"},           {"alice/absolute", m_tree.path("roots")},
                        {"alice/relative", "../roots"},    {"alice/up", ".."},
                        {"alice/to-bob", "../bob/secret"}, {"alice/to-device", "/dev/null"}};
  for (const auto& link : links) {
    m_tree.make_link(link.name, link.target);
    own(k_alice, link.name);
  }
  ASSERT_EQ(::link(m_tree.path("roots").c_str(), m_tree.path("alice/hard").c_str()), 0);
  m_tree.make_directory("alice/planted");  // root's directory below alice's
  m_tree.write("alice/planted/secret", "root's");
  own(k_alice, "alice");

  for (const auto* path : {"alice/secret", "alice/own"}) EXPECT_EQ(content(path), "alice's") << path;
  for (const auto* path :
       {"alice/absolute", "alice/relative", "alice/up/roots", "alice/../roots", "alice/to-bob",
        "alice/to-device", "alice/hard", "alice/planted/secret", "alice/up/bob/secret"}) {
    const auto error = failure(path);
    EXPECT_EQ(error.kind, ErrorKind::refused) << path << ": " << error.what;
    EXPECT_THAT(error.what, HasSubstr("leads from something of user 4711 to something of user "));
    EXPECT_THAT(error.hint, HasSubstr("one owner"));
  }
}

TEST_F(OpenTrustedTest, RootsLinksAndDirectoriesMayLeadToAnyonesFile) {
  VMCRED_NEEDS_ROOT();
  m_tree.make_directory("alice");
  m_tree.write("alice/secret", "alice's");
  own(k_alice, "alice");
  own(k_alice, "alice/secret");
  m_tree.make_link("link", "alice/secret");
  m_tree.make_link("directory", "alice");
  EXPECT_EQ(content("link"), "alice's");
  EXPECT_EQ(content("directory/secret"), "alice's");
}

TEST_F(OpenTrustedTest, ALinkOfAnotherUserInASharedDirectoryIsRefused) {
  VMCRED_NEEDS_ROOT();
  m_tree.make_directory("shared", 01777);
  m_tree.write("roots", "root's");
  m_tree.make_link("shared/link", m_tree.path("roots"));
  own(k_alice, "shared/link");
  EXPECT_EQ(failure("shared/link").kind, ErrorKind::refused);
}

// Opens `name` for a second while alice swaps `one` and `other`. What is opened must be hers or refused.
void race(const std::string& name, const std::string& one, const std::string& other) {
  std::atomic<bool> over = false;
  std::thread alice([&] {
    while (!over) ::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE);
  });
  int opened = 0;
  int refused = 0;
  std::string wrong;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (std::chrono::steady_clock::now() < end && wrong.empty()) {
    const auto file = open_trusted(name);
    ++(file ? opened : refused);
    if (!file && file.error().kind != ErrorKind::refused) wrong = file.error().what;
    if (file) {
      const std::string text = test_support::read_descriptor(file->get());
      if (text != "alice's") wrong = "read: " + text;
    }
  }
  over = true;
  alice.join();
  EXPECT_EQ(wrong, "");
  EXPECT_GT(opened, 0) << "the race did not happen";
  EXPECT_GT(refused, 0) << "the race did not happen";
}

TEST_F(OpenTrustedTest, ALinkSwappedInForTheFileIsNeverFollowedToSomeoneElses) {
  VMCRED_NEEDS_ROOT();
  m_tree.make_directory("alice");
  m_tree.write("roots", "root's");
  m_tree.write("alice/secret", "alice's");
  m_tree.make_link("alice/trap", "../roots");
  for (const auto* name : {"alice", "alice/secret", "alice/trap"}) own(k_alice, name);
  race(m_tree.path("alice/secret"), m_tree.path("alice/secret"), m_tree.path("alice/trap"));
}

TEST_F(OpenTrustedTest, ALinkSwappedInForADirectoryIsNeverFollowedToSomeoneElses) {
  VMCRED_NEEDS_ROOT();
  m_tree.make_directory("alice");
  m_tree.make_directory("alice/directory");
  m_tree.make_directory("roots");
  m_tree.write("roots/secret", "root's");
  m_tree.write("alice/directory/secret", "alice's");
  m_tree.make_link("alice/trap", m_tree.path("roots"));
  for (const auto* name : {"alice", "alice/directory", "alice/directory/secret", "alice/trap"})
    own(k_alice, name);
  race(m_tree.path("alice/directory/secret"), m_tree.path("alice/directory"), m_tree.path("alice/trap"));
}

}  // namespace
}  // namespace vmcred::runner
