// SPDX-License-Identifier: Apache-2.0
#include "vars/picture.h"

#include <algorithm>

namespace vmcred::vars {
namespace {

using base::Result;

Graph graph_of(const Declared& declared) {
  std::vector<std::vector<std::size_t>> dependencies;
  for (const Declaration& generator : declared.generators()) dependencies.push_back(generator.dependencies);
  return Graph(std::move(dependencies));
}

bool has_all_files(const Workshop& workshop, const Declaration& generator) {
  return std::ranges::all_of(generator.definition->files, [&](const config::GeneratorFile& file) {
    const DeclaredVar var{&generator, &file};
    return workshop.store.has(var.id(), var.visibility());
  });
}

}  // namespace

bool is_made_from(const Making& making, const Declared& declared, std::size_t generator,
                  const std::vector<std::string>& versions) {
  return std::ranges::all_of(declared.generators()[generator].dependencies, [&](std::size_t dependency) {
    const auto noted = making.from.find(store::path_of(declared.generators()[dependency].id));
    return noted == making.from.end() || noted->second == versions[dependency];
  });
}

Result<Picture> take_picture(const Workshop& workshop) {
  const auto& generators = workshop.declared.generators();
  Picture picture{.graph = graph_of(workshop.declared), .conditions = {}, .versions = {}};
  const Versions files(workshop.vars_path);
  std::vector<std::string> versions;
  for (std::size_t i = 0; i < generators.size(); ++i) {
    VMCRED_TRY_ASSIGN(auto file, files.read(generators[i].id));
    picture.versions.push_back(std::move(file));
    versions.push_back(picture.version_of(i));
  }
  for (std::size_t i = 0; i < generators.size(); ++i) {
    const auto& file = picture.versions[i];
    Condition condition = Condition::present;
    if (!has_all_files(workshop, generators[i])) {
      condition = Condition::missing;
    } else {
      VMCRED_TRY_ASSIGN(const auto hash, workshop.store.validation_hash(generators[i].id));
      if (hash != generators[i].validation_hash)
        condition = Condition::invalid;
      else if (file && !is_made_from(file->current, workshop.declared, i, versions))
        condition = Condition::stale;
    }
    picture.conditions.push_back(condition);
  }
  return picture;
}

Result<std::vector<WronglyReadable>> wrongly_readable(const Workshop& workshop,
                                                      std::span<const std::size_t> generators) {
  std::vector<DeclaredVar> present;
  std::vector<store::Target> targets;
  for (const std::size_t i : generators) {
    const Declaration& generator = workshop.declared.generators()[i];
    for (const config::GeneratorFile& file : generator.definition->files) {
      const DeclaredVar var{&generator, &file};
      if (!file.secret || !workshop.store.has(var.id(), var.visibility())) continue;
      present.push_back(var);
      targets.push_back({.id = var.id(), .audience = var.audience()});
    }
  }
  VMCRED_TRY_ASSIGN(auto access, workshop.store.access_of(targets));
  std::vector<WronglyReadable> wrong;
  for (std::size_t i = 0; i < present.size(); ++i)
    if (!access[i].right()) wrong.push_back({.var = present[i], .access = std::move(access[i])});
  return wrong;
}

}  // namespace vmcred::vars
