// SPDX-License-Identifier: Apache-2.0
// How all declared generators stand in the store, at one moment.
#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "vars/graph.h"
#include "vars/run.h"
#include "vars/selection.h"
#include "vars/version.h"

namespace vmcred::vars {

struct Picture {
  Graph graph;
  std::vector<Condition> conditions;                 // of each of Declared::generators()
  std::vector<std::optional<VersionFile>> versions;  // likewise

  std::string version_of(std::size_t generator) const {
    return versions[generator] ? versions[generator]->current.version : std::string(k_unknown_version);
  }
};

base::Result<Picture> take_picture(const Workshop& workshop);

// Was it made from versions of its dependencies that are the current ones, as far as anybody has noted?
bool is_made_from(const Making& making, const Declared& declared, std::size_t generator,
                  const std::vector<std::string>& versions);

struct WronglyReadable {
  DeclaredVar var;
  store::Access access;
};

// Secrets of these generators that are there, but can't be read by exactly those who should.
base::Result<std::vector<WronglyReadable>> wrongly_readable(const Workshop& workshop,
                                                            std::span<const std::size_t> generators);

}  // namespace vmcred::vars
