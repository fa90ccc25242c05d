// SPDX-License-Identifier: Apache-2.0
#include "vmm/assignment.h"

#include <gmock/gmock.h>
#include <numeric>

#include "credential/oem_string.h"
#include "smbios/type11.h"
#include "support/machine.h"

namespace vmcred::vmm {
namespace {

using config::GuestSystemd;
using config::Machine;
using config::Transport;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr GuestSystemd k_unknown{};
constexpr GuestSystemd k_252{.kind = GuestSystemd::Kind::version, .version = 252};
constexpr GuestSystemd k_257{.kind = GuestSystemd::Kind::version, .version = 257};
constexpr GuestSystemd k_no_systemd{.kind = GuestSystemd::Kind::none, .version = 0};

TransportLimits limits_of(Machine kind, Transport transport = Transport::automatic,
                          GuestSystemd systemd = k_unknown) {
  auto vm = test_support::machine(kind);
  vm.transport = transport;
  vm.guest_systemd = systemd;
  return transport_limits(vm);
}

// A credential of this size whose name has this many characters.
CredentialOutline outline(std::size_t name_bytes, std::size_t size) {
  return {.name = test_support::credential_name(std::string(name_bytes, 'n')), .size = size};
}

std::vector<CredentialOutline> many(std::size_t count, CredentialOutline one) {
  return {count, std::move(one)};
}

std::size_t items_in(const std::vector<std::vector<std::size_t>>& structures) {
  return std::accumulate(structures.begin(), structures.end(), std::size_t{0},
                         [](std::size_t sum, const auto& structure) { return sum + structure.size(); });
}

base::Error refusal(const std::vector<CredentialOutline>& outlines, const TransportLimits& limits) {
  auto assignment = assign_transports(outlines, limits);
  EXPECT_FALSE(assignment);
  if (assignment) return {.kind = base::ErrorKind::usage, .what = "was not refused"};
  return std::move(assignment).error();
}

TEST(AssignTransportsTest, AnEmptySetNeedsNoTransport) {
  for (const Machine kind : {Machine::q35, Machine::microvm}) {
    const auto assignment = assign_transports({}, limits_of(kind));
    ASSERT_TRUE(assignment);
    EXPECT_THAT(assignment->smbios_structures, IsEmpty());
    EXPECT_THAT(assignment->fw_cfg_items, IsEmpty());
  }
}

// "io.systemd.credential.binary:" takes 29 bytes, '=' one, 3,042 bytes are 4,056 in base64, and a structure
// of one string 7 more: with a name of three characters, 4,096 in all.
TEST(AssignTransportsTest, AStructureIsFilledToTheLastByteAndNoFurther) {
  struct Row {
    const char* about;
    std::size_t name_bytes;
    std::size_t size;
    bool by_smbios;
  };
  const Row rows[] = {
      {"exactly a page", 3, 3042, true},
      {"a name one longer", 4, 3042, false},
      {"a value one larger", 3, 3043, false},
      {"a name three longer, a value three smaller", 6, 3039, true},
  };
  ASSERT_EQ(smbios::oem_structure_size(1, credential::oem_string_length(outline(3, 0).name, 3042)), 4096U);
  for (const auto& row : rows) {
    SCOPED_TRACE(row.about);
    const auto one = many(1, outline(row.name_bytes, row.size));
    const auto assignment = assign_transports(one, limits_of(Machine::q35));
    ASSERT_TRUE(assignment) << assignment.error().what;
    EXPECT_THAT(assignment->smbios_structures, SizeIs(row.by_smbios ? 1 : 0));
    EXPECT_THAT(assignment->fw_cfg_items, SizeIs(row.by_smbios ? 0 : 1));
    EXPECT_EQ(assign_transports(one, limits_of(Machine::q35, Transport::smbios)).has_value(), row.by_smbios);
  }
}

TEST(AssignTransportsTest, SmallStringsShareAStructureUntilItIsFull) {
  // 29 + 3 + 1 + 4 + 1 = 38 bytes each; 6 for the structure: 107 fit a page.
  const auto small = outline(3, 1);
  const auto full = assign_transports(many(107, small), limits_of(Machine::q35));
  ASSERT_TRUE(full);
  EXPECT_THAT(full->smbios_structures, ElementsAre(SizeIs(107)));
  const auto over = assign_transports(many(108, small), limits_of(Machine::q35));
  ASSERT_TRUE(over);
  EXPECT_THAT(over->smbios_structures, ElementsAre(SizeIs(107), SizeIs(1)));
}

TEST(AssignTransportsTest, StringsThatShareAStructureFillItToTheLastByteAndNoFurther) {
  // 6 + 38 + (29 + 1 + 1 + 4,020 + 1) = 4,096.
  const auto limits = limits_of(Machine::q35);
  const std::vector exact = {outline(3, 1), outline(1, 3015)};
  EXPECT_THAT(assign_transports(exact, limits)->smbios_structures, ElementsAre(SizeIs(2)));
  const std::vector over = {outline(3, 1), outline(2, 3015)};
  EXPECT_THAT(assign_transports(over, limits)->smbios_structures, ElementsAre(SizeIs(1), SizeIs(1)));
}

TEST(AssignTransportsTest, AStructureHoldsNoMoreThan255Strings) {
  const auto small = outline(3, 1);
  const auto limits = limits_of(Machine::q35, Transport::automatic, k_no_systemd);
  EXPECT_THAT(assign_transports(many(255, small), limits)->smbios_structures, ElementsAre(SizeIs(255)));
  EXPECT_THAT(assign_transports(many(256, small), limits)->smbios_structures,
              ElementsAre(SizeIs(255), SizeIs(1)));
}

// 29 + 3 + 1 + 62,776 + 7 = 62,816, the whole table of a VM with little memory.
TEST(AssignTransportsTest, TheTableIsFilledToTheLastByteAndNoFurther) {
  for (const GuestSystemd systemd : {k_257, k_no_systemd}) {
    const auto both = limits_of(Machine::q35, Transport::automatic, systemd);
    const auto only_smbios = limits_of(Machine::q35, Transport::smbios, systemd);
    EXPECT_THAT(assign_transports(many(1, outline(3, 47'082)), both)->smbios_structures, SizeIs(1));
    EXPECT_TRUE(assign_transports(many(1, outline(3, 47'082)), only_smbios));
    EXPECT_THAT(assign_transports(many(1, outline(4, 47'082)), both)->fw_cfg_items, SizeIs(1));
    EXPECT_FALSE(assign_transports(many(1, outline(4, 47'082)), only_smbios));
  }
}

TEST(AssignTransportsTest, TheTableIsFilledAcrossPagesAndTheRestGoesByFwCfg) {
  // Fifteen whole pages leave 1,376 bytes: 29 + 3 + 1 + 1,336 + 7.
  auto outlines = many(15, outline(3, 3042));
  outlines.push_back(outline(3, 1002));
  const auto exact = assign_transports(outlines, limits_of(Machine::q35));
  ASSERT_TRUE(exact) << exact.error().what;
  EXPECT_THAT(exact->smbios_structures, SizeIs(16));
  EXPECT_THAT(exact->fw_cfg_items, IsEmpty());

  outlines.push_back(outline(3, 0));
  const auto over = assign_transports(outlines, limits_of(Machine::q35));
  ASSERT_TRUE(over) << over.error().what;
  EXPECT_THAT(over->smbios_structures, SizeIs(16));
  EXPECT_THAT(over->fw_cfg_items, ElementsAre(16));

  const auto refused = refusal(outlines, limits_of(Machine::q35, Transport::smbios));
  EXPECT_EQ(refused.kind, base::ErrorKind::credential);
  EXPECT_THAT(refused.what, HasSubstr("the SMBIOS table's 62,816 bytes are full"));
  EXPECT_THAT(refused.others, IsEmpty());
}

TEST(AssignTransportsTest, OneByteMoreThanTheTableHoldsGoesByFwCfg) {
  struct Row {
    const char* about;
    std::vector<CredentialOutline> last;  // behind fifteen whole pages, which leave 1,376 bytes
    std::size_t by_fw_cfg;
  };
  const Row rows[] = {
      {"a structure of its own, exact", {outline(3, 1002)}, 0},
      {"a structure of its own, one byte over", {outline(4, 1002)}, 1},
      {"sharing one, exact: 44 + 29 + 1 + 1 + 1,300 + 1", {outline(3, 1), outline(1, 975)}, 0},
      {"sharing one, one byte over", {outline(3, 1), outline(2, 975)}, 1},
  };
  for (const auto& row : rows) {
    auto outlines = many(15, outline(3, 3042));
    outlines.insert(outlines.end(), row.last.begin(), row.last.end());
    const auto assignment = assign_transports(outlines, limits_of(Machine::q35));
    ASSERT_TRUE(assignment) << row.about;
    EXPECT_THAT(assignment->fw_cfg_items, SizeIs(row.by_fw_cfg)) << row.about;
  }
}

TEST(AssignTransportsTest, ANameTooLongForFwCfgHasSmbiosAlone) {
  struct Row {
    const char* about;
    Machine machine;
    std::size_t name_bytes;
    std::size_t size;
    bool fits;
  };
  const Row rows[] = {
      {"28 by fw_cfg", Machine::microvm, 28, 10, true},
      {"29 by fw_cfg", Machine::microvm, 29, 10, false},
      {"28, too large for SMBIOS", Machine::q35, 28, 5000, true},
      {"29, too large for SMBIOS", Machine::q35, 29, 5000, false},
      {"29 by SMBIOS", Machine::q35, 29, 10, true},
      {"255 by SMBIOS", Machine::q35, 255, 10, true},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.about);
    const auto one = many(1, outline(row.name_bytes, row.size));
    ASSERT_EQ(assign_transports(one, limits_of(row.machine)).has_value(), row.fits);
    if (row.fits) continue;
    const auto refused = refusal(one, limits_of(row.machine));
    EXPECT_THAT(refused.what, HasSubstr("its name has 29 characters, fw_cfg takes 28"));
    EXPECT_THAT(refused.hint, HasSubstr("shorter name"));
  }
}

TEST(AssignTransportsTest, ThoseThatHaveSmbiosAloneChooseFirst) {
  auto outlines = many(15, outline(3, 3042));
  outlines.push_back(outline(3, 1002));
  outlines.push_back(outline(29, 3000));
  const auto assignment = assign_transports(outlines, limits_of(Machine::q35));
  ASSERT_TRUE(assignment) << assignment.error().what;
  EXPECT_THAT(assignment->smbios_structures.front(), ElementsAre(16));
  EXPECT_THAT(assignment->fw_cfg_items, SizeIs(1));
}

TEST(AssignTransportsTest, SystemdsLimitOfEachCredentialHolds) {
  EXPECT_TRUE(assign_transports(many(1, outline(3, 1'048'576)), limits_of(Machine::q35)));
  const auto one = refusal(many(1, outline(3, 1'048'577)), limits_of(Machine::q35));
  EXPECT_EQ(one.kind, base::ErrorKind::credential);
  EXPECT_EQ(one.what, "credential 'nnn' (1,048,577 bytes) is larger than systemd takes: 1,048,576 bytes");
  EXPECT_THAT(refusal(many(3, outline(3, 1'048'577)), limits_of(Machine::q35)).others, SizeIs(2));
}

TEST(AssignTransportsTest, SystemdsLimitOfTheWholeSetHolds) {
  EXPECT_TRUE(assign_transports(many(2, outline(3, 524'288)), limits_of(Machine::q35)));
  auto outlines = many(2, outline(3, 524'288));
  outlines.push_back(outline(3, 1));
  const auto refused = refusal(outlines, limits_of(Machine::q35, Transport::automatic, k_252));
  EXPECT_THAT(refused.what,
              AllOf(HasSubstr("1,048,577 bytes in all"), HasSubstr("systemd takes 1,048,576 bytes")));
}

TEST(AssignTransportsTest, WhereTheGuestKeepsCredentialsOnATmpfsEachStartedPageCounts) {
  struct Row {
    const char* about;
    GuestSystemd systemd;
    std::size_t count;
    std::size_t size;
    bool fits;
  };
  const Row rows[] = {
      {"256 pages", k_unknown, 256, 1, true},
      {"257 pages", k_unknown, 257, 1, false},
      {"257 pages on 252", k_252, 257, 1, true},
      {"257 pages on 257", k_257, 257, 1, false},
      {"257 pages, no systemd", k_no_systemd, 257, 1, true},
      {"128 of two pages", k_unknown, 128, 4097, true},
      {"129 of two pages", k_unknown, 129, 4097, false},
      {"empty ones take none", k_unknown, 300, 0, true},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.about);
    const auto assignment = assign_transports(many(row.count, outline(3, row.size)),
                                              limits_of(Machine::q35, Transport::automatic, row.systemd));
    ASSERT_EQ(assignment.has_value(), row.fits);
    if (!row.fits) {
      EXPECT_THAT(assignment.error().what, HasSubstr("tmpfs of 256 pages, and these take 25"));
      EXPECT_THAT(assignment.error().hint, HasSubstr("guest.systemd"));
    }
  }
}

TEST(AssignTransportsTest, FwCfgHasSoManyItemsAndNoMore) {
  const auto limits = limits_of(Machine::microvm, Transport::automatic, k_252);
  const auto full = assign_transports(many(512, outline(3, 1)), limits);
  ASSERT_TRUE(full) << full.error().what;
  EXPECT_THAT(full->fw_cfg_items, SizeIs(512));
  const auto refused = refusal(many(514, outline(3, 1)), limits);
  EXPECT_THAT(refused.what, HasSubstr("all 512 fw_cfg items are taken"));
  EXPECT_THAT(refused.others, SizeIs(1));
}

TEST(AssignTransportsTest, TheMicrovmMachineNeverUsesSmbios) {
  const auto assignment = assign_transports(many(5, outline(3, 10)), limits_of(Machine::microvm));
  ASSERT_TRUE(assignment);
  EXPECT_THAT(assignment->smbios_structures, IsEmpty());
  EXPECT_THAT(assignment->fw_cfg_items, ElementsAre(0, 1, 2, 3, 4));
  const auto refused = refusal(many(2, outline(3, 10)), limits_of(Machine::microvm, Transport::smbios));
  EXPECT_THAT(refused.what, HasSubstr("rules SMBIOS out; this machine or 'transport' rules fw_cfg out"));
  EXPECT_THAT(refused.others, SizeIs(1));
}

TEST(AssignTransportsTest, AForcedTransportIsTheOnlyOne) {
  const auto small = many(3, outline(3, 10));
  EXPECT_THAT(assign_transports(small, limits_of(Machine::q35, Transport::fw_cfg))->fw_cfg_items, SizeIs(3));
  EXPECT_EQ(items_in(assign_transports(small, limits_of(Machine::q35, Transport::smbios))->smbios_structures),
            3U);
  const auto refused = refusal(many(1, outline(3, 5000)), limits_of(Machine::q35, Transport::smbios));
  EXPECT_THAT(refused.what,
              HasSubstr("its SMBIOS string would be 6,701 bytes, a structure holds 4,089 bytes"));
  EXPECT_THAT(refused.hint, HasSubstr("'transport'"));
}

}  // namespace
}  // namespace vmcred::vmm
