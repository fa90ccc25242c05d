// SPDX-License-Identifier: Apache-2.0
// How a VM is started, as plain data: what argv says, and which files the VMM inherits. A plan is made from
// names and sizes and holds no secret, so it may be printed, compared and kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vmcred::vmm {

// A memory file that the VMM reads once when it starts, through a descriptor it inherits.
struct PlannedFile {
  enum class Content {
    credential,     // the value of one credential, as it is
    oem_structure,  // an SMBIOS type 11 structure of one or more credentials
  };
  Content content;
  std::vector<std::size_t> credentials;  // indexes into the outlines
  std::size_t size;
  std::uint16_t smbios_handle = 0;  // with oem_structure
};

// One element of argv. With a file, the path of its descriptor follows the text: "-smbios", "file=" +
// "/dev/fd/7".
struct Argument {
  std::string text;
  std::optional<std::size_t> file = std::nullopt;  // index into LaunchPlan::files
};

struct LaunchPlan {
  std::string program;
  std::vector<Argument> arguments;  // without argv[0], which is the program
  std::vector<PlannedFile> files;
};

}  // namespace vmcred::vmm
