// SPDX-License-Identifier: Apache-2.0
// testdata/NAME.toml makes what testdata/NAME.units holds. UPDATE_GOLDEN=1 rewrites the latter: read the
// difference.
#include "unit/make_units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cstdlib>
#include <fstream>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::unit {
namespace {

using base::concat;
using testing::HasSubstr;

std::string testdata(std::string_view name) { return concat(VMCRED_SOURCE_DIR, "/src/unit/testdata/", name); }

Surroundings usual() { return {.config = "/etc/vmcred/vmcred.toml"}; }

std::string as_text(const UnitSet& set) {
  std::string text;
  for (const auto& file : set.files) text += concat("=== ", file.path, "\n", file.text, "\n");
  for (const auto& link : set.links) text += concat("=== ", link.path, " -> ", link.target, "\n");
  for (const auto& broken : set.broken)
    text += concat("=== broken '", broken.vm, "': ", broken.error.what, "\n");
  return text;
}

UnitSet units_of(std::string_view toml, const Surroundings& surroundings = usual()) {
  const auto loaded = config::parse_for_units("/etc/vmcred/vmcred.toml", toml);
  EXPECT_TRUE(loaded) << loaded.error().what;
  return loaded ? make_units(*loaded, surroundings) : UnitSet{};
}

std::string text_of(const UnitSet& set, std::string_view path) {
  for (const auto& file : set.files)
    if (file.path == path) return file.text;
  return "";
}

void expect_golden(std::string_view name, const Surroundings& surroundings = usual()) {
  const auto toml = base::read_text_file(testdata(concat(name, ".toml")), 1 << 20);
  ASSERT_TRUE(toml) << toml.error().what;
  const std::string text = as_text(units_of(*toml, surroundings));
  const std::string golden = testdata(concat(name, ".units"));
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(golden) << text;
  const auto expected = base::read_text_file(golden, 1 << 20);
  ASSERT_TRUE(expected) << expected.error().what;
  EXPECT_EQ(text, *expected);
}

// R4, R5, R59, R86, R102-R104, R79: LoadCredential= for each secret and source, notify, a persistent timer.
TEST(MakeUnits, WiresEachSourceOfSecrets) { expect_golden("sources"); }

// R8, R50, W2, W5: each VM has its own user, and opens only what its config asks for.
TEST(MakeUnits, BuildsWallsByTheConfig) { expect_golden("walls"); }

// W17, W18: interfaces are made and taken away; only what a VM has is open to it.
TEST(MakeUnits, GivesEachHypervisorWhatItNeeds) { expect_golden("hypervisors"); }

// R103: without the provider.
TEST(MakeUnits, DeliversEncryptedFiles) { expect_golden("encrypted"); }

TEST(MakeUnits, GivesABrokenVmAUnitThatSaysWhy) { expect_golden("broken"); }

// R99: where microvm.nix brings the units, ours are additions to them.
TEST(MakeUnits, AddsToForeignUnits) {
  Surroundings surroundings = usual();
  surroundings.has_template = true;
  surroundings.has_target = true;
  expect_golden("foreign", surroundings);
}

TEST(MakeUnits, MakesATargetOfNothing) {
  EXPECT_EQ(units_of("").files.size(), 1U);
  EXPECT_EQ(units_of("").files[0].path, "microvms.target");
}

// W21: however long an attempt takes, five of them fit into the interval, and then it stays down.
TEST(MakeUnits, LimitsRestarts) {
  const auto set = units_of("vms.a = { kernel = '/k', start_timeout = 3600, stop_timeout = 3600 }");
  const std::string text = text_of(set, "microvm@a.service");
  EXPECT_THAT(text, HasSubstr("StartLimitIntervalSec=36100\nStartLimitBurst=5\n"));
  EXPECT_THAT(text, HasSubstr("Restart=on-failure\n"));
}

TEST(MakeUnits, LetsNoPathMeanMoreThanItself) {
  const auto set = units_of("vms.a = { kernel = '/k %i\"; User=root', secrets.x.path = '/x %i$HOME;' }",
                            {.config = "/etc/a $b %c.toml"});
  const std::string text = text_of(set, "microvm@a.service");
  EXPECT_THAT(text, HasSubstr("LoadCredential=host-x:/x %%i$HOME;\n"));
  EXPECT_THAT(text, HasSubstr(R"(RequiresMountsFor="/etc/a $b %%c.toml" "/k %%i\"; User=root")"));
  EXPECT_THAT(text, HasSubstr(R"(ExecStart=/usr/bin/vmcred vm run a --config "/etc/a $$b %%c.toml")"));
}

TEST(MakeUnits, AnswersForEachVmOfABrokenConfig) {
  const base::Error error{.kind = base::ErrorKind::config, .what = "x.toml:1:1: 100% wrong\nUser=root"};
  const UnitSet set = make_units_of_broken_config(error, usual());
  ASSERT_EQ(set.files.size(), 1U);
  EXPECT_EQ(set.files[0].path, "microvm@.service");
  EXPECT_THAT(set.files[0].text,
              HasSubstr("Description=microVM (broken: x.toml:1:1: 100%% wrong\\x0aUser=root)\n"));
  EXPECT_THAT(set.files[0].text,
              HasSubstr("ExecStart=/usr/bin/vmcred unit explain %i --config /etc/vmcred/vmcred.toml\n"));
  Surroundings foreign = usual();
  foreign.has_template = true;
  EXPECT_TRUE(make_units_of_broken_config(error, foreign).files.empty());
}

}  // namespace
}  // namespace vmcred::unit
