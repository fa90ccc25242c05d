// SPDX-License-Identifier: Apache-2.0
// The file .sops.yaml, which says to whom files below its folder are encrypted, and how.
// docs/formats/sops-config.md has the form.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "age/recipient.h"
#include "base/result.h"
#include "sops/rules.h"
#include "sops/tree.h"

namespace vmcred::sops {

// What it says of one file.
struct CreationRule {
  std::vector<age::Recipients> groups;  // one key group or more; each may be empty
  std::optional<unsigned> shamir_threshold;
  Rule rule;
  bool mac_only_encrypted = false;
};

// How far each level of a file is indented; 0 where it does not say.
struct Indents {
  unsigned json = 0;
  unsigned json_binary = 0;
  unsigned yaml = 0;
};

class SopsConfig {
 public:
  // `path` is where `text` was read from: rules are about paths relative to its folder. `warnings` takes a
  // sentence for each key that nothing reads. Fails with a `generic` error that names the file.
  static base::Result<SopsConfig> parse(std::string path, std::string_view text,
                                        std::vector<std::string>& warnings);
  static base::Result<SopsConfig> load(const std::string& path, std::vector<std::string>& warnings);

  // The first rule that is about this file, which need not exist; nothing where the config has no rules at
  // all. Fails where it has some and none is about the file, and where the rule names keys that are not
  // age's.
  base::Result<std::optional<CreationRule>> rule_for(const std::string& file) const;

  const Indents& indents() const { return m_indents; }
  const std::string& path() const { return m_path; }

 private:
  std::string m_path;
  std::optional<Sequence> m_rules;
  Indents m_indents;
};

// The nearest .sops.yaml in the folder or above it; "" where there is none. `warnings` is told of a
// .sops.yml, which nobody reads.
std::string find_sops_config(const std::string& directory, std::vector<std::string>& warnings);

// "/a/./b/../c" or "c" as "/a/c", without a look at the disk.
std::string absolute_path(const std::string& path);

}  // namespace vmcred::sops
