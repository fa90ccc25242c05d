// SPDX-License-Identifier: Apache-2.0
// When what is there counts as made for another config.
#include <gmock/gmock.h>

#include "support/generate.h"

namespace vmcred::vars {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class GenerateValidation : public GenerateTest {};
INSTANTIATE_TEST_SUITE_P(Backends, GenerateValidation,
                         testing::Values(store::Backend::sops, store::Backend::age), backend_name);

TEST_P(GenerateValidation, InvalidationFollowsTheHash) {
  const auto with = [](std::string_view validation) {
    return base::concat("[generators.g]\nmachines = ['a']\n", validation, "\nfiles.x.kind = 'uuid'\n");
  };
  configure(with(""));
  run();
  EXPECT_THAT(run(), IsEmpty()) << "no hash, none wanted";
  configure(with("validation = { users = ['a'] }"));
  EXPECT_THAT(m_repository.check().invalid, SizeIs(1));
  EXPECT_THAT(run(), ElementsAre("per-machine/a/g invalid"));
  EXPECT_THAT(run(), IsEmpty()) << "unchanged";
  configure(with("validation = { users = ['a', 'b'] }"));
  EXPECT_THAT(run(), ElementsAre("per-machine/a/g invalid"));
  configure(with(""));
  EXPECT_THAT(run(), ElementsAre("per-machine/a/g invalid")) << "removed";
  EXPECT_THAT(run(), IsEmpty());
}

TEST_P(GenerateValidation, AChangedScriptInvalidatesOnlyWhereThatIsWanted) {
  const auto with = [](std::string_view option, std::string_view text) {
    return base::concat("[generators.g]\nmachines = ['a']\n", option, "\nfiles.x = {}\nscript = 'echo ", text,
                        " > $out/x'\n");
  };
  configure(with("", "1"));
  run();
  configure(with("", "2"));
  EXPECT_THAT(run(), IsEmpty());
  configure(with("validate_script = true", "2"));
  run();
  configure(with("validate_script = true", "3"));
  EXPECT_THAT(run(), ElementsAre("per-machine/a/g invalid"));
  EXPECT_EQ(value("per-machine/a/g/x"), "3\n");
}

TEST_P(GenerateValidation, AddingAFileRunsTheWholeGenerator) {
  configure("[generators.g]\nmachines = ['a']\nfiles.x.kind = 'uuid'\n");
  run();
  const std::string before = value("per-machine/a/g/x");
  configure("[generators.g]\nmachines = ['a']\nfiles.x.kind = 'uuid'\nfiles.y.kind = 'uuid'\n");
  EXPECT_THAT(run(), ElementsAre("per-machine/a/g missing"));
  EXPECT_NE(value("per-machine/a/g/x"), before);
}

}  // namespace
}  // namespace vmcred::vars
