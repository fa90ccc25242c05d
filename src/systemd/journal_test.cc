// SPDX-License-Identifier: Apache-2.0
#include "systemd/journal.h"

#include "support/child.h"
#include "support/temporary_directory.h"
#include "systemd/test_receiver.h"

namespace vmcred::systemd {
namespace {

using namespace std::string_literals;
using testing::EndsWith;
using testing::StartsWith;

TEST(JournalTest, SendsFieldsAsLines) {
  const test_support::TemporaryDirectory directory;
  const Receiver journald(directory.path("socket"));
  const Journal journal("vmcred-test", directory.path("socket"));
  const Field fields[] = {{"VMCRED_UNIT", "microvm@web.service"}, {"VMCRED_EMPTY", ""}};
  journal.write(Priority::info, "granted", fields);
  EXPECT_EQ(journald.next(),
            "MESSAGE=granted\nPRIORITY=6\nSYSLOG_IDENTIFIER=vmcred-test\n"
            "VMCRED_UNIT=microvm@web.service\nVMCRED_EMPTY=\n");
  EXPECT_EQ(journald.next(), "(none)");
}

// journald's document has this form for values that hold line feeds: 64 bits, little endian.
TEST(JournalTest, SendsTheLengthOfWhatHoldsALineFeed) {
  const Field fields[] = {{"A", "x\ny"}, {"B", "z"}};
  EXPECT_EQ(journal_entry(fields), "A\n\x03\0\0\0\0\0\0\0x\ny\nB=z\n"s);
  const std::string large(0x1234, '\n');
  const Field field[] = {{"LARGE", large}};
  EXPECT_THAT(journal_entry(field), StartsWith("LARGE\n\x34\x12\0\0\0\0\0\0\n"s));
}

// A value can't begin a field of its own.
TEST(JournalTest, AValueForgesNoField) {
  const Field fields[] = {{"VMCRED_UNIT", "x\nVMCRED_RESULT=granted"}};
  EXPECT_EQ(journal_entry(fields), "VMCRED_UNIT\n\x17\0\0\0\0\0\0\0x\nVMCRED_RESULT=granted\n"s);
}

std::string written_to_stderr(const std::string& socket) {
  return test_support::in_child([&] {
           ::dup2(STDOUT_FILENO, STDERR_FILENO);
           const Journal journal("vmcred-test", socket);
           const Field fields[] = {{"VMCRED_UNIT", "u"}};
           journal.write(Priority::error, "two\nlines", fields);
           return std::string();
         })
      .text;
}

TEST(JournalTest, WritesALineToStandardErrorWithoutJournald) {
  const test_support::TemporaryDirectory directory;
  EXPECT_EQ(written_to_stderr(directory.path("none")), "<3>two\\x0alines\n");
  EXPECT_EQ(written_to_stderr("not an address"), "<3>two\\x0alines\n");
}

// A journald that hangs must not hang us.
TEST(JournalTest, GivesUpAJournaldThatDoesNotRead) {
  const test_support::TemporaryDirectory directory;
  const Receiver journald(directory.path("socket"));
  const std::string text = test_support::in_child([&] {
                             ::dup2(STDOUT_FILENO, STDERR_FILENO);
                             const Journal journal("vmcred-test", directory.path("socket"));
                             for (int i = 0; i < 30; ++i) journal.write(Priority::info, "again");
                             return std::string("end");
                           }).text;
  EXPECT_THAT(text, EndsWith("<6>again\nend"));
}

}  // namespace
}  // namespace vmcred::systemd
