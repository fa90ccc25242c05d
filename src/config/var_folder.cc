// SPDX-License-Identifier: Apache-2.0
#include "config/var_folder.h"

#include <algorithm>

#include "base/text.h"
#include "config/path.h"

namespace vmcred::config {
namespace {

using base::concat;

struct Place {
  bool share;
  std::string_view generator;
  std::string_view file;
};

Place place_of(const Config& config, const Secret& secret) {
  const auto* source = std::get_if<GeneratorSource>(&secret.source);
  if (source == nullptr) return {.share = false, .generator = secret.name.text(), .file = secret.name.text()};
  const auto generator = std::ranges::find(config.generators, source->generator, &Generator::name);
  return {.share = generator != config.generators.end() && generator->share,
          .generator = source->generator,
          .file = source->file};
}

}  // namespace

std::string var_folder(const Config& config, const VirtualMachine& vm, const Secret& secret) {
  const Place place = place_of(config, secret);
  const std::string placement = place.share ? "shared" : concat("per-machine/", vm.vars_machine);
  const std::string root = config.store.backend == StoreBackend::sops
                               ? config.store.path
                               : anchored(directory_of(config.store.path), "secrets/clan-vars");
  return concat(root, "/", placement, "/", place.generator, "/", place.file);
}

}  // namespace vmcred::config
