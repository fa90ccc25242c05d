// SPDX-License-Identifier: Apache-2.0
#include "store/journal.h"

#include <gmock/gmock.h>

namespace vmcred::store {
namespace {

TEST(JournalTest, IsWrittenAsDocumentedAndComesBack) {
  const Journal journal{.git = GitStep::commit,
                        .message = "vars: update via generator ssh (machine: web)",
                        .written = {"sops/users/a", "vars/x"},
                        .removed = {"vars/y"}};
  EXPECT_EQ(text_of(journal),
            "vmcred-journal 1\n"
            "git\tcommit\n"
            "message\tvars: update via generator ssh (machine: web)\n"
            "write\tsops/users/a\n"
            "write\tvars/x\n"
            "remove\tvars/y\n"
            "end\t3\n");
  const auto parsed = parse_journal(text_of(journal));
  ASSERT_TRUE(parsed) << parsed.error().what;
  EXPECT_EQ(*parsed, journal);
}

TEST(JournalTest, EachCutAndEachOtherTextIsRefused) {
  const std::string whole = "vmcred-journal 1\ngit\tnone\nmessage\tx\nwrite\ta\nend\t1\n";
  ASSERT_TRUE(parse_journal(whole));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(parse_journal(whole.substr(0, size))) << size;
  for (const char* text : {"vmcred-journal 2\ngit\tnone\nmessage\tx\nend\t0\n",
                           "vmcred-journal 1\ngit\tpush\nmessage\tx\nend\t0\n",
                           "vmcred-journal 1\ngit\tnone\nmessage\tx\nend\t1\n",
                           "vmcred-journal 1\ngit\tnone\nmessage\tx\nend\t0\nmore\n",
                           "vmcred-journal 1\ngit\tnone\nmessage\tx\nwrite\tb\nwrite\ta\nend\t2\n",
                           "vmcred-journal 1\ngit\tnone\nmessage\tx\nwrite\t../a\nend\t1\n",
                           "vmcred-journal 1\ngit\tnone\nmessage\tx\nremove\t.git/config\nend\t1\n"})
    EXPECT_FALSE(parse_journal(text)) << text;
}

}  // namespace
}  // namespace vmcred::store
