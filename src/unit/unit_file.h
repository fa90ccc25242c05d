// SPDX-License-Identifier: Apache-2.0
// What the generator makes, before any of it is written.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace vmcred::unit {

// A unit or a drop-in. In its text a comment above a line names the key of the config that the line comes
// from.
struct UnitFile {
  std::string path;  // below the generator's directory: "microvm@web.service"
  std::string text;
};

// A symbolic link: "multi-user.target.wants/microvms.target" to "../microvms.target".
struct UnitLink {
  std::string path;
  std::string target;
};

// A VM that gets no unit to run it, and why. It gets one that fails with that text where its name allows one.
struct Broken {
  std::string vm;
  base::Error error;
};

struct UnitSet {
  std::vector<UnitFile> files;
  std::vector<UnitLink> links;
  std::vector<Broken> broken;
};

}  // namespace vmcred::unit
