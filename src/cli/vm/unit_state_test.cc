// SPDX-License-Identifier: Apache-2.0
#include "cli/vm/unit_state.h"

#include <gtest/gtest.h>

namespace vmcred::cli {
namespace {

TEST(UnitState, TellsOfARunningVm) {
  const UnitState state = parse_unit_state(
      "MainPID=812\nNRestarts=2\nResult=success\nStatusText=Ready = "
      "yes.\nLoadState=loaded\nActiveState=active\n"
      "SubState=running\nActiveEnterTimestamp=Sun 2026-11-22 10:00:00 UTC\nMemoryCurrent=410423296\n"
      "CPUUsageNSec=7654000000\nNeedDaemonReload=yes\n");
  EXPECT_EQ(state.load, "loaded");
  EXPECT_EQ(state.active, "active");
  EXPECT_EQ(state.status, "Ready = yes.");
  EXPECT_EQ(state.process, 812U);
  EXPECT_EQ(state.restarts, 2U);
  EXPECT_EQ(state.memory_bytes, 410423296U);
  EXPECT_EQ(state.cpu_nanoseconds, 7654000000U);
  EXPECT_EQ(state.since, "Sun 2026-11-22 10:00:00 UTC");
  EXPECT_TRUE(state.needs_reload);
}

TEST(UnitState, CountsNothingWhereSystemdDoesNot) {
  const UnitState state = parse_unit_state(
      "MainPID=0\nResult=exit-code\nLoadState=loaded\nActiveState=failed\nSubState=failed\nMemoryCurrent=["
      "not set]\n"
      "CPUUsageNSec=18446744073709551615\nActiveEnterTimestamp=Sun 2026-11-22 10:00:00 UTC\n");
  EXPECT_EQ(state.active, "failed");
  EXPECT_EQ(state.result, "exit-code");
  EXPECT_EQ(state.process, std::nullopt);
  EXPECT_EQ(state.memory_bytes, std::nullopt);
  EXPECT_EQ(state.cpu_nanoseconds, std::nullopt);
  EXPECT_EQ(state.since, "") << "it is not active any longer";
}

TEST(UnitState, PassesOverWhatItDoesNotKnow) {
  EXPECT_EQ(parse_unit_state("Names=a b\nno property\n\nLoadState=not-found").load, "not-found");
}

}  // namespace
}  // namespace vmcred::cli
