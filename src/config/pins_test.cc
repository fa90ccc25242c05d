// SPDX-License-Identifier: Apache-2.0
#include "config/pins.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "config/entry.h"
#include "config/load.h"
#include "support/temporary_directory.h"

namespace vmcred::config {
namespace {

constexpr std::string_view k_web = R"({"kernel":"/new","mem":64,"secrets":{"key":{"path":"/run/key"}}})";
constexpr std::string_view k_old = R"({"kernel":"../old","secrets":{"key":{"path":"/run/key"}}})";

class PinsTest : public testing::Test {
 protected:
  void write(const std::string& name, std::string_view text) {
    std::filesystem::create_directories((directory() / name).parent_path());
    m_directory.write(name, text);
  }
  void write_config(std::string_view web) {
    write("vmcred.toml", base::concat("[vms.web]\n", web, "[vms.db]\nkernel = '/k'\n"));
  }
  void pin_web() {
    ASSERT_TRUE(write_pin(
        directory().string(), "web",
        {.since = "2026-01-02T03:04:05Z", .replaces = std::string(k_web), .entry = std::string(k_old)}));
  }
  std::filesystem::path directory() const { return m_directory.path(); }
  std::string config() const { return directory() / "vmcred.toml"; }

  // "KERNEL since WHEN" of the VM web.
  std::string web() const {
    const auto loaded = load(config());
    if (!loaded) return loaded.error().what;
    return base::concat(loaded->vms[0].kernel, " since ", loaded->vms[0].pinned_since);
  }

 private:
  test_support::TemporaryDirectory m_directory;
};

constexpr std::string_view k_new_toml = "mem = 64\nsecrets.key.path = '/run/key'\nkernel = '/new'\n";

TEST_F(PinsTest, StandInForTheEntryThatTheyReplace) {
  write_config(k_new_toml);
  EXPECT_EQ(web(), "/new since ");
  pin_web();
  const std::string old = base::concat(directory().parent_path().string(), "/old since 2026-01-02T03:04:05Z");
  EXPECT_EQ(web(), old) << "relative to the config's directory";
  EXPECT_EQ(load(config())->vms[1].pinned_since, "") << "of that VM alone";
  write_config("kernel = '/new'\nsecrets = { key = { path = '/run/key' } }\nmem = 64 # as before\n");
  EXPECT_EQ(web(), old) << "written in another way";
}

TEST_F(PinsTest, EndWhenTheEntryChanges) {
  write_config("kernel = '/newer'\n");
  pin_web();
  EXPECT_EQ(web(), "/newer since ");
  ASSERT_TRUE(remove_pin(directory().string(), "web"));
  ASSERT_TRUE(remove_pin(directory().string(), "web")) << "twice is no failure";
  EXPECT_FALSE(base::path_exists(directory() / "pinned/web.json"));
}

// A VM's user that can't look must not start what the pin stands in for.
TEST_F(PinsTest, ThatNobodyCanListDisableAllVms) {
  write_config(k_new_toml);
  write("pinned", "a file, which can't be listed even by root");
  EXPECT_NE(web().find("/pinned: not a directory"), std::string::npos) << web();
}

TEST_F(PinsTest, AreReadableWhateverTheUmask) {
  const mode_t before = ::umask(0077);
  pin_web();
  ::umask(before);
  EXPECT_EQ(test_support::mode_of((directory() / "pinned").string()), 0755U);
  EXPECT_EQ(test_support::mode_of((directory() / "pinned/web.json").string()), 0644U);
}

TEST_F(PinsTest, DisableTheirVmAloneWhereTheyAreBroken) {
  write_config(k_new_toml);
  for (const std::string_view text :
       {"", "{", "[]", "{\"format\":2}", R"({"format":1,"since":"x","replaces":1,"entry":{}})",
        R"({"format":1,"since":7,"replaces":{},"entry":{}})"}) {
    write("pinned/web.json", text);
    const auto loaded = load_for_units(config());
    ASSERT_TRUE(loaded) << loaded.error().what;
    ASSERT_EQ(loaded->broken.size(), 1U) << text;
    EXPECT_EQ(loaded->broken[0].name, "web");
    EXPECT_NE(loaded->broken[0].error.what.find("pinned/web.json is not what"), std::string::npos);
    EXPECT_EQ(loaded->config.vms.size(), 1U);
  }
}

TEST_F(PinsTest, WithFaultsPointToTheVmsOwnEntry) {
  write_config(k_new_toml);
  ASSERT_TRUE(write_pin(
      directory().string(), "web",
      {.since = "then", .replaces = std::string(k_web), .entry = R"({"kernel":"/k","colour":"red"})"}));
  const auto loaded = load(config());
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().what, base::concat(config(), ":1:6: unknown key 'colour' in [vms.web]"));
  ASSERT_EQ(loaded.error().others.size(), 1U);
  EXPECT_NE(loaded.error().others[0].hint.find("pinned/web.json && systemctl daemon-reload"),
            std::string::npos);
}

// Its secrets are not those of the file.
TEST_F(PinsTest, MayHaveRandomSecretsThatTheFileLacks) {
  write("vmcred.toml", "generators.token = { files.token = {}, script = '' }\nvms.web.kernel = '/k'\n");
  const auto loaded =
      load_with_entry(config(), "web", R"({"kernel":"/k","secrets":{"token":{"random":"hex:8"}}})");
  ASSERT_TRUE(loaded) << loaded.error().what;
  ASSERT_EQ(loaded->broken.size(), 1U);
  EXPECT_NE(loaded->broken[0].error.what.find("[generators.token] exists"), std::string::npos);
}

TEST_F(PinsTest, CanBeTriedWithoutBeingThere) {
  write_config(k_new_toml);
  const auto loaded = load_with_entry(config(), "web", R"({"kernel":"/tried"})");
  ASSERT_TRUE(loaded && loaded->broken.empty());
  EXPECT_EQ(loaded->config.vms[0].kernel, "/tried");
  EXPECT_EQ(web(), "/new since ");
}

// Should the file have that entry again one day, it means it.
TEST_F(PinsTest, GoOnceTheyArePassedOver) {
  write_config(k_new_toml);
  pin_web();
  ASSERT_TRUE(remove_passed_over_pin(directory().string(), "web", read_entry(config(), "web")->in_file));
  EXPECT_TRUE(base::path_exists(directory() / "pinned/web.json"));
  write_config("kernel = '/newer'\n");
  ASSERT_TRUE(remove_passed_over_pin(directory().string(), "web", read_entry(config(), "web")->in_file));
  write_config(k_new_toml);
  EXPECT_EQ(web(), "/new since ");
}

TEST_F(PinsTest, OfAnUnknownVmAreNobodys) {
  write_config(k_new_toml);
  write("pinned/gone.json", "{");
  EXPECT_EQ(web(), "/new since ");
}

TEST_F(PinsTest, EntryTellsBoth) {
  write_config(k_new_toml);
  pin_web();
  const auto entry = read_entry(config(), "web");
  ASSERT_TRUE(entry) << entry.error().what;
  EXPECT_EQ(entry->in_file, k_web);
  EXPECT_EQ(entry->in_use, k_old);
  EXPECT_EQ(read_entry(config(), "db")->in_use, R"({"kernel":"/k"})");
  EXPECT_FALSE(read_entry(config(), "no"));
}

}  // namespace
}  // namespace vmcred::config
