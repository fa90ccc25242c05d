// SPDX-License-Identifier: Apache-2.0
#include "runner/document_file.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "runner/transport_files.h"
#include "support/machine.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using test_support::read_descriptor;
using vmm::BodyPiece;
using vmm::PlannedFile;

TEST(MakeDocumentFileTest, ItNamesTheFilesBeforeIt) {
  credential::CredentialSet set;
  set.push_back(test_support::credential_of("API_KEY", "the value"));
  vmm::LaunchPlan plan;
  plan.files.push_back({.content = PlannedFile::Content::credential, .credentials = {0}, .size = 9});
  plan.files.push_back(
      {.content = PlannedFile::Content::document,
       .credentials = {},
       .size = 0,
       .document = {{.text = "{\"path\":\"", .value = BodyPiece::Value::file, .index = 0}, {.text = "\"}"}}});
  const auto files = make_transport_files(plan, set);
  ASSERT_TRUE(files) << files.error().what;
  EXPECT_EQ(read_descriptor((*files)[0].get()), "the value");
  EXPECT_EQ(read_descriptor((*files)[1].get()),
            base::concat("{\"path\":\"/dev/fd/", (*files)[0].get(), "\"}"));
}

}  // namespace
}  // namespace vmcred::runner
