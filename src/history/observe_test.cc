// SPDX-License-Identifier: Apache-2.0
#include "history/observe.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <ctime>
#include <filesystem>
#include <limits>

#include "base/text.h"
#include "config/entry.h"
#include "config/load.h"
#include "config/pins.h"
#include "config/var_folder.h"
#include "history/difference.h"
#include "history/way_back.h"
#include "store/store.h"
#include "support/temporary_directory.h"
#include "vars/declared.h"
#include "vars/stored_secret.h"

namespace vmcred::history {
namespace {

using base::concat;

std::int64_t now_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

class ObserveTest : public testing::TestWithParam<const char*> {
 protected:
  ObserveTest() : m_key(*DigestKey::open(m_directory.path("key"))) {
    for (const char* folder : {"vars", "run", "given"}) m_directory.make_directory(folder);
    m_directory.write("vmlinuz", "kernel");
    m_directory.write("run/api-key", "first");
    m_directory.write("given/host-api-key", "first");
    m_directory.write("sealed.cred", "blob");
    write_config("mem = 64\n");
    m_config = *config::load(m_directory.path("vmcred.toml"));
    std::filesystem::create_directories(folder_of("token"));
    write_stored("token", "ciphertext 1");
  }

  void write_config(std::string_view more) {
    m_directory.write("vmcred.toml",
                      concat("store.backend = '", GetParam(), "'\n[generators.tls]\nshare = true\n",
                             "files.key = {}\nscript = ''\n[vms.web]\nkernel = 'vmlinuz'\n",
                             "secrets.api-key.path = 'run/api-key'\nsecrets.token.random = 'hex:8'\n",
                             "secrets.tls-key = { generator = 'tls', file = 'key' }\n",
                             "secrets.old.encrypted = 'sealed.cred'\n", more));
  }

  const config::VirtualMachine& vm() const { return m_config.vms[0]; }
  const config::Secret& secret(std::string_view name) const {
    return *std::ranges::find(vm().secrets, name, [](const auto& s) { return s.name.text(); });
  }
  std::string folder_of(std::string_view name) const {
    return config::var_folder(m_config, vm(), secret(name));
  }

  std::string stored_file(std::string_view name) const {
    const store::Keyring no_keys;
    const vars::Declared declared(m_config);
    const auto var = declared.var_of(vm(), secret(name));
    return (*store::open_store(vars::store_settings(m_config.store), no_keys))
        ->file_of(var->id(), var->visibility());
  }
  void write_stored(std::string_view name, std::string_view text) const {
    m_directory.write(stored_file(name).substr(m_directory.path().size() + 1), text);
  }

  Launch now() const {
    return launch_now(m_config, vm(), m_key, config::read_entry(m_config.path, "web")->in_use);
  }
  Launch since(std::int64_t since_ns, bool by_this_config = true) const {
    const UnitRun run{.invocation = "id",
                      .credentials = m_directory.path("given"),
                      .since_ns = since_ns,
                      .by_this_config = by_this_config};
    return launch_of(run, m_config, vm(), m_key);
  }
  std::string changed_from(const Launch& then) const { return sentence(difference(now(), then.record)); }

  test_support::TemporaryDirectory m_directory;
  DigestKey m_key;
  config::Config m_config;
};

TEST_P(ObserveTest, SeesEachKindOfSecret) {
  const Launch first = now();
  ASSERT_EQ(first.record.secrets.size(), 4U);
  EXPECT_TRUE(std::holds_alternative<DeliveredState>(first.record.secrets[0].state));
  EXPECT_TRUE(std::holds_alternative<KeptState>(first.record.secrets[1].state));
  EXPECT_TRUE(std::holds_alternative<SealedState>(first.record.secrets[3].state));
  ASSERT_EQ(first.unseen.size(), 1U);
  EXPECT_EQ(first.unseen[0].name, "tls-key") << "not made yet";
  EXPECT_EQ(changed_from(first), "");
  m_directory.write("run/api-key", "other");
  EXPECT_EQ(changed_from(first), "secret api-key");
  write_stored("token", "ciphertext 2");
  m_directory.write("sealed.cred", "Blob");
  EXPECT_EQ(changed_from(first), "secrets api-key, token, old");
  write_config("mem = 65\n");
  m_directory.write("vmlinuz", "another kernel");
  EXPECT_EQ(changed_from(first),
            concat("secrets api-key, token, old; key mem; ", m_directory.path("vmlinuz")));
}

// What the unit got counts, not what the file holds by now.
TEST_P(ObserveTest, ComparesWithWhatWasDelivered) {
  ::usleep(20'000);  // past a tick of the file system's clock
  const Launch booted = since(now_ns());
  EXPECT_EQ(changed_from(booted), "");
  m_directory.write("run/api-key", "other");
  EXPECT_EQ(sentence(difference(now(), since(now_ns()).record)), "secret api-key");
}

TEST_P(ObserveTest, TrustsNothingThatChangedMeanwhile) {
  const Launch booted = since(0);
  EXPECT_EQ(booted.record.entry, "");
  EXPECT_EQ(changed_from(booted),
            concat("secrets token, old; the config, while it started; ", m_directory.path("vmlinuz")));
}

TEST_P(ObserveTest, WatchesTheStoresOwnFolders) {
  for (const char* name : {"token", "tls-key"})
    EXPECT_EQ(std::filesystem::path(stored_file(name)).parent_path(), folder_of(name)) << name;
}

TEST_P(ObserveTest, FollowsPins) {
  const Launch first = now();
  const std::string entry =
      concat(first.record.entry.substr(0, first.record.entry.size() - 1), ",\"vcpu\":2}");
  ASSERT_TRUE(config::write_pin(m_directory.path(), "web",
                                {.since = "", .replaces = first.record.entry, .entry = entry}));
  EXPECT_EQ(changed_from(first), "key vcpu");
}

TEST_P(ObserveTest, TakesNoEntryForThatOfAUnitOfAnotherConfig) {
  ::usleep(20'000);
  EXPECT_EQ(since(now_ns(), false).record.entry, "");
  EXPECT_NE(since(now_ns()).record.entry, "");
}

// The launch that came up last, unless it is what a start would make now anyway.
TEST_P(ObserveTest, FindsTheTarget) {
  const Record first = now().record;
  write_config("mem = 65\n");
  const Record second = now().record;
  EXPECT_EQ(target_of(second, {second, first})->entry, first.entry);
  EXPECT_EQ(target_of(second, {first})->entry, first.entry);
  EXPECT_FALSE(target_of(second, {second}));
  EXPECT_FALSE(target_of(second, {}));
}

TEST_P(ObserveTest, SaysWhatCannotBeBroughtBack) {
  const auto never_made = way_back(m_config, vm(), now(), now().record);
  ASSERT_FALSE(never_made);
  EXPECT_TRUE(never_made.error().what.starts_with("secret 'tls-key' of that launch can't be had: "));
  std::filesystem::create_directories(folder_of("tls-key"));
  write_stored("tls-key", "ciphertext");
  const Record first = now().record;
  m_directory.write("run/api-key", "other");
  const auto way = way_back(m_config, vm(), now(), first);
  ASSERT_TRUE(way) << way.error().what;
  EXPECT_TRUE(way->secrets.empty());
  EXPECT_EQ(way->warnings, std::vector<std::string>{"secret 'api-key' has changed, and stays as it is now"});
  write_stored("token", "ciphertext 2");
  const auto lost = way_back(m_config, vm(), now(), first);
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().what, "secret 'token': the store no longer has its version of then");
}

INSTANTIATE_TEST_SUITE_P(Backends, ObserveTest, testing::Values("sops", "age"));

}  // namespace
}  // namespace vmcred::history
