// SPDX-License-Identifier: Apache-2.0
#include "guest/conversation.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <thread>

#include "credential/archive.h"
#include "credential/pull.h"
#include "guest/test_tree.h"
#include "guest/timed_io.h"
#include "support/bytes.h"

namespace vmcred::guest {
namespace {

using credential::CredentialSet;
using test_support::all_bytes;
using test_support::bytes_of;
using testing::HasSubstr;

constexpr std::chrono::seconds k_time{20};
constexpr std::chrono::milliseconds k_short_time{50};

CredentialSet some_credentials() {
  CredentialSet set;
  set.push_back({.name = *credential::CredentialName::parse("A"),
                 .value = *secret::SecretBuffer::copy_of(bytes_of(all_bytes()))});
  set.push_back({.name = *credential::CredentialName::parse("LARGE"),
                 .value = *secret::SecretBuffer::copy_of(bytes_of(std::string(900000, 'x')))});
  return set;
}

std::string answer() {
  const auto set = some_credentials();
  std::string archive(credential::archive_size(credential::archived_outlines(set)), '\0');
  credential::write_archive(set, std::as_writable_bytes(std::span(archive)));
  return test_support::text_of(credential::pull_length(archive.size())) + archive;
}

// Both ends of a connection.
class ConversationTest : public testing::Test {
 protected:
  ConversationTest() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    m_guest = base::UniqueFd(ends[0]);
    m_host = base::UniqueFd(ends[1]);
    EXPECT_TRUE(make_non_blocking(m_guest.get()));
  }

  std::string heard(std::size_t size) const {
    std::string text(size, '\0');
    const auto n = base::read_up_to(m_host.get(), std::as_writable_bytes(std::span(text)), "host");
    EXPECT_TRUE(n);
    text.resize(*n);
    return text;
  }
  void say(const std::string& text) const {
    EXPECT_TRUE(base::write_all(m_host.get(), bytes_of(text), "host"));
  }

  base::UniqueFd m_guest;
  base::UniqueFd m_host;
};

TEST_F(ConversationTest, GivesTheSetAndSaysThatItIsTaken) {
  std::thread host([&] {
    EXPECT_EQ(heard(14), "vmcred-pull 1\n");
    const std::string text = answer();
    for (std::size_t i = 0; i < 12; ++i) say(text.substr(i, 1));  // as slow as it can be at first
    say(text.substr(12));
    EXPECT_EQ(heard(100), "taken\n");  // and the end
    m_host = base::UniqueFd();
  });
  const auto set = ask_for_set(m_guest.get(), deadline_in(k_time));
  ASSERT_TRUE(set) << set.error().what;
  const auto wanted = some_credentials();
  ASSERT_EQ(set->size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ((*set)[i].name, wanted[i].name);
    EXPECT_TRUE((*set)[i].value.equals(wanted[i].value.bytes()));
  }
  EXPECT_TRUE(say_taken(m_guest.get(), deadline_in(k_time)));
  host.join();
}

TEST_F(ConversationTest, TakesNoForAnAnswer) {
  say("gone\n");
  const auto set = ask_for_set(m_guest.get(), deadline_in(k_time));
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().kind, base::ErrorKind::credential);
  EXPECT_THAT(set.error().what, HasSubstr("handed over this guest's credentials already"));
}

TEST_F(ConversationTest, RefusesWhatIsNoAnswer) {
  for (const std::string& text :
       {std::string("HTTP/1.1 200 OK\r\n"), std::string(8, '\0'), std::string(8, '\xff'),
        test_support::text_of(credential::pull_length(20)) + std::string(20, 'x')}) {
    say(text);
    const auto set = ask_for_set(m_guest.get(), deadline_in(k_time));
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().kind, base::ErrorKind::credential) << set.error().what;
    std::string rest(100, '\0');
    static_cast<void>(::recv(m_guest.get(), rest.data(), rest.size(), MSG_DONTWAIT));
  }
}

TEST_F(ConversationTest, MayBeTriedAgainWhenItBreaks) {
  say(answer().substr(0, 1000));
  m_host = base::UniqueFd();
  const auto set = ask_for_set(m_guest.get(), deadline_in(k_time));
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().kind, base::ErrorKind::host);
}

TEST_F(ConversationTest, EndsInTime) {
  say(answer().substr(0, 1000));
  const auto set = ask_for_set(m_guest.get(), deadline_in(k_short_time));
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().kind, base::ErrorKind::host);
  EXPECT_THAT(set.error().what, HasSubstr("took too long"));
}

TEST_F(ConversationTest, ThrowsTheRestOfAnOldAnswerAway) {
  std::thread host([&] {
    say(std::string(100000, 'o'));
    EXPECT_EQ(heard(14), "vmcred-pull 1\n");
    say(answer());
  });
  std::this_thread::sleep_for(k_short_time);
  EXPECT_TRUE(discard_old_answer(m_guest.get(), deadline_in(k_time)));
  const auto set = ask_for_set(m_guest.get(), deadline_in(k_time));
  host.join();
  EXPECT_TRUE(set) << set.error().what;
}

}  // namespace
}  // namespace vmcred::guest
