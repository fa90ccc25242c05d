// SPDX-License-Identifier: Apache-2.0
// Against test/age/age-plugin-vmcredtest, which follows the protocol strictly or breaks it in one way.
#include "age/plugin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <chrono>
#include <csignal>
#include <cstdlib>

#include "age/age.h"
#include "age/bech32.h"
#include "support/bytes.h"
#include "support/temporary_directory.h"

namespace vmcred::age {
namespace {

using test_support::bytes_of;
using test_support::text_of;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view k_key = "sixteen key byte";

std::string plugin_recipient_text() { return encode_bech32("age1vmcredtest", bytes_of(k_key)); }
std::string identity_text() { return encode_bech32("AGE-PLUGIN-VMCREDTEST-", bytes_of(k_key)); }

// Answers as the plugin's mode "ask" wants it.
class Person : public PluginUi {
 public:
  bool show(std::string_view plugin, std::string_view message) const override {
    return plugin == "vmcredtest" && message == "insert the token";
  }
  std::optional<bool> confirm(std::string_view, std::string_view, std::string_view yes,
                              std::string_view no) const override {
    return yes == "Go on" && no == "Stop";
  }
  std::optional<secret::SecretBuffer> ask(std::string_view, std::string_view, Echo echo) const override {
    const auto* text = echo == Echo::hidden ? "a secret pin" : "a public name";
    return *secret::SecretBuffer::copy_of(bytes_of(text));
  }
};

class Plugin : public testing::Test {
 protected:
  Plugin() {
    ::setenv("PATH", VMCRED_SOURCE_DIR "/test/age:/usr/bin:/bin", 1);
    mode("ok");
  }
  ~Plugin() override { ::setenv("PATH", m_path.c_str(), 1); }

  static void mode(const char* name) { ::setenv("VMCRED_TEST_PLUGIN_MODE", name, 1); }

  static base::Result<std::vector<Stanza>> wrapped(const PluginUi* ui = nullptr) {
    return (*parse_plugin_recipient(plugin_recipient_text(), ui))->wrap(bytes_of("sixteen bytes..."));
  }

  // Of a stanza that the plugin made when it behaved.
  static base::Result<std::optional<secret::SecretBuffer>> unwrapped(const char* name,
                                                                     const PluginUi* ui = nullptr) {
    mode("ok");
    auto stanzas = *wrapped();
    stanzas.push_back({.type = "foreign", .arguments = {"a"}, .body = std::vector<std::byte>(48)});
    mode(name);
    return (*parse_plugin_identity(bytes_of(identity_text()), ui))->unwrap(stanzas);
  }

 private:
  std::string m_path = std::getenv("PATH");
};

TEST_F(Plugin, OpensWhatItSealed) {
  for (const auto* name : {"ok", "grease", "ask-nobody"}) {
    mode(name);
    Recipients recipients;
    recipients.push_back(*parse_plugin_recipient(plugin_recipient_text()));
    const auto file = encrypt(bytes_of("plaintext"), recipients, Armor::no);
    ASSERT_TRUE(file) << name << ": " << file.error().what;
    Identities identities;
    identities.push_back(*parse_plugin_identity(bytes_of(identity_text())));
    const auto opened = decrypt(*file, identities);
    ASSERT_TRUE(opened) << name << ": " << opened.error().what;
    EXPECT_EQ(text_of(opened->bytes()), "plaintext");
  }
}

TEST_F(Plugin, EncryptsToAnIdentity) {
  const auto recipient = plugin_recipient_of_identity(bytes_of(identity_text()));
  ASSERT_TRUE(recipient);
  EXPECT_EQ((*recipient)->text(), "");
  const auto stanzas = (*recipient)->wrap(bytes_of("sixteen bytes..."));
  ASSERT_TRUE(stanzas) << stanzas.error().what;
  EXPECT_EQ(*stanzas, *wrapped());
}

TEST_F(Plugin, TalksWithAPerson) {
  const Person person;
  mode("ask");
  const auto stanzas = wrapped(&person);
  EXPECT_TRUE(stanzas) << stanzas.error().what;
  const auto file_key = unwrapped("ask", &person);
  ASSERT_TRUE(file_key) << file_key.error().what;
  EXPECT_EQ(text_of((*file_key)->bytes()), "sixteen bytes...");
}

TEST_F(Plugin, HasTheLabelsOfItsLastWrap) {
  mode("labels");
  const auto recipient = *parse_plugin_recipient(plugin_recipient_text());
  EXPECT_THAT(*recipient->labels(), ElementsAre());
  ASSERT_TRUE(recipient->wrap(bytes_of("sixteen bytes...")));
  EXPECT_THAT(*recipient->labels(), ElementsAre("postquantum", "x"));
}

TEST_F(Plugin, AnotherIdentityOpensNothing) {
  const auto opened = unwrapped("no-match");
  ASSERT_TRUE(opened) << opened.error().what;
  EXPECT_FALSE(opened->has_value());
}

struct Misbehaviour {
  const char* mode;
  const char* what;
};

TEST_F(Plugin, EachMisbehaviourWhileWrappingIsAClearError) {
  const Misbehaviour rows[] = {
      {"exit", "it ended too early: it exited with status 7"},
      {"crash", "it ended too early: it was killed by signal 9"},
      {"early-eof", "it ended too early: it exited with status 0"},
      {"garbage", "a message has no mark"},
      {"padded", "the body of a message is not base64"},
      {"huge", "a message of more than 32,768 bytes"},
      {"long-line", "a message of more than 32,768 bytes"},
      {"nothing", "it sent no stanza"},
      {"wrong-index", "'recipient-stanza' names no file of ours"},
      {"labels-twice", "it sent 'labels' twice"},
      {"label-doubled", "'labels' has one twice"},
      {"endless", "it does not come to an end"},
      {"error-recipient", "it reports 'the token is missing'"},
      {"error-internal", "it reports 'the token is missing'"},
      {"error-control", "it reports 'the \\x1b[31mtoken\\x0a is missing'"},
  };
  for (const auto& row : rows) {
    mode(row.mode);
    const auto stanzas = wrapped();
    ASSERT_FALSE(stanzas) << row.mode;
    EXPECT_THAT(stanzas.error().what, testing::StartsWith("age-plugin-vmcredtest: ")) << row.mode;
    EXPECT_THAT(stanzas.error().what, HasSubstr(row.what)) << row.mode;
  }
}

TEST_F(Plugin, EachMisbehaviourWhileUnwrappingIsAClearError) {
  const Misbehaviour rows[] = {
      {"exit", "it ended too early: it exited with status 7"},
      {"early-eof", "it ended too early: it exited with status 0"},
      {"garbage", "a message has no mark"},
      {"wrong-index", "'file-key' names no file of ours"},
      {"short-key", "a file key has 16 bytes"},
      {"key-twice", "it sent 'file-key' twice"},
      {"error-identity", "it reports 'the token is missing'"},
  };
  for (const auto& row : rows) {
    const auto opened = unwrapped(row.mode);
    ASSERT_FALSE(opened) << row.mode;
    EXPECT_THAT(opened.error().what, HasSubstr(row.what)) << row.mode;
    EXPECT_EQ(failure_of(opened.error()), Failure::none) << row.mode;
  }
}

TEST_F(Plugin, AStanzaThatThePluginCallsMalformedIsAHeaderFailure) {
  const auto opened = unwrapped("error-stanza");
  ASSERT_FALSE(opened);
  EXPECT_EQ(failure_of(opened.error()), Failure::header);
}

// More stanzas than a pipe holds: a plugin that writes and does not read would have both sides wait.
TEST_F(Plugin, APluginThatDoesNotReadIsNoHang) {
  const std::vector<Stanza> stanzas(
      200, {.type = "foreign", .arguments = {}, .body = std::vector<std::byte>(4000)});
  for (const auto* name : {"flood", "exit", "ok"}) {
    mode(name);
    const auto opened = (*parse_plugin_identity(bytes_of(identity_text())))->unwrap(stanzas);
    EXPECT_EQ(opened.has_value(), std::string_view(name) == "ok") << name;
  }
}

TEST_F(Plugin, APluginThatDoesNotEndIsEnded) {
  const auto start = std::chrono::steady_clock::now();
  mode("linger");
  EXPECT_TRUE(wrapped());
  mode("deaf");
  EXPECT_FALSE(wrapped());
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST_F(Plugin, ItsDeathRaisesNoSignalAndLeavesNoneBehind) {
  sigset_t before;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  mode("exit");
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(wrapped());
  sigset_t after;
  sigset_t pending;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
  ::sigpending(&pending);
  EXPECT_EQ(::sigismember(&before, SIGPIPE), ::sigismember(&after, SIGPIPE));
  EXPECT_EQ(::sigismember(&pending, SIGPIPE), 0);
}

TEST_F(Plugin, IsLookedForInAbsoluteDirectoriesOnly) {
  const test_support::TemporaryDirectory empty;
  for (const auto& path : {std::string("test/age:."), empty.path(), std::string()}) {
    ::setenv("PATH", path.c_str(), 1);
    const auto stanzas = wrapped();
    ASSERT_FALSE(stanzas) << path;
    EXPECT_EQ(stanzas.error().what, "age-plugin-vmcredtest is not installed");
  }
}

TEST(PluginNames, OnlyThoseOfTheSpecificationAreTaken) {
  const auto data = bytes_of("x");
  for (const auto* prefix : {"age1x", "age1a-b_c.d+9", "age1.."})
    EXPECT_TRUE(parse_plugin_recipient(encode_bech32(prefix, data))) << prefix;
  for (const auto* prefix : {"age", "age1", "age1a/b", "age1../x", "age1a$b", "bge1x", "AGE1X"})
    EXPECT_FALSE(parse_plugin_recipient(encode_bech32(prefix, data))) << prefix;
  for (const auto* prefix : {"AGE-PLUGIN-X-", "AGE-PLUGIN-A-B-"})
    EXPECT_TRUE(parse_plugin_identity(bytes_of(encode_bech32(prefix, {})))) << prefix;
  for (const auto* prefix :
       {"AGE-PLUGIN-", "AGE-PLUGIN--", "AGE-PLUGIN-X", "AGE-PLUGIN-A/B-", "age-plugin-x-"})
    EXPECT_FALSE(parse_plugin_identity(bytes_of(encode_bech32(prefix, data)))) << prefix;
}

}  // namespace
}  // namespace vmcred::age
