// SPDX-License-Identifier: Apache-2.0
#include "vars/declared.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/text.h"
#include "config/kind.h"
#include "vars/validation.h"

namespace vmcred::vars {

using base::concat;
using base::quoted;
using config::Generator;
using config::GeneratorSource;
using config::RandomSource;
using store::GeneratorId;
using store::Placement;

config::FileKind kind_of(const RandomSource& source) {
  using Type = config::FileKind::Type;
  constexpr Type k_types[] = {Type::base64, Type::hex, Type::raw, Type::alphanumeric};
  config::FileKind kind;
  kind.type = k_types[static_cast<std::size_t>(source.encoding)];
  kind.size = source.bytes;
  return kind;
}

// Gathers who needs what, then lays it out.
class DeclarationBuilder {
 public:
  explicit DeclarationBuilder(const config::Config& config) : m_config(config) {
    for (const Generator& generator : config.generators) m_definitions.emplace(generator.name, &generator);
  }

  void build(Declared& target) {
    for (const config::VirtualMachine& vm : m_config.vms) add_vm(vm, target);
    for (const Generator& generator : m_config.generators)
      for (const std::string& machine : generator.machines) {
        m_machines.insert(machine);
        need(generator, machine, true);
      }
    lay_out(target);
  }

 private:
  struct Entry {
    const Generator* definition = nullptr;
    std::set<std::string> machines;
    std::set<std::string> readers;
  };

  static GeneratorId id_of(const Generator& generator, const std::string& machine) {
    if (generator.share) return {.placement = {}, .generator = generator.name};
    return {.placement = {.kind = Placement::Kind::per_machine, .name = machine},
            .generator = generator.name};
  }

  void add_vm(const config::VirtualMachine& vm, Declared& target) {
    m_machines.insert(vm.vars_machine);
    for (const config::Secret& secret : vm.secrets) {
      if (const auto* source = std::get_if<GeneratorSource>(&secret.source))
        need(*m_definitions.at(source->generator), vm.vars_machine, true);
      else if (const auto* random = std::get_if<RandomSource>(&secret.source))
        need(random_generator(secret, *random, target), vm.vars_machine, true);
    }
  }

  // VMs of one machine may share a secret; then the first one's generator serves both.
  static const Generator& random_generator(const config::Secret& secret, const RandomSource& source,
                                           Declared& target) {
    Generator& generator = target.m_random_generators.emplace_back();
    generator.name = secret.name.text();
    config::GeneratorFile& file = generator.files.emplace_back();
    file.name = secret.name.text();
    file.kind = kind_of(source);
    return generator;
  }

  // Deep chains of dependencies must not use up the stack.
  void need(const Generator& generator, const std::string& machine, bool directly) {
    struct Need {
      const Generator* generator;
      bool directly;
    };
    std::vector<Need> pending = {{&generator, directly}};
    while (!pending.empty()) {
      const Need next = pending.back();
      pending.pop_back();
      Entry& entry = m_entries[id_of(*next.generator, machine)];
      if (entry.definition == nullptr) entry.definition = next.generator;
      if (next.directly || !next.generator->share) entry.readers.insert(machine);
      if (!entry.machines.insert(machine).second) continue;
      for (const std::string& name : next.generator->dependencies)
        pending.push_back({m_definitions.at(name), false});
    }
  }

  void lay_out(Declared& target) const {
    std::map<GeneratorId, std::size_t> indices;
    for (const auto& [id, entry] : m_entries) indices.emplace(id, indices.size());
    for (const auto& [id, entry] : m_entries) {
      std::set<std::size_t> dependencies;
      for (const std::string& name : entry.definition->dependencies)
        dependencies.insert(indices.at(id_of(*m_definitions.at(name), id.placement.name)));
      target.m_generators.push_back({.id = id,
                                     .definition = entry.definition,
                                     .machines = {entry.machines.begin(), entry.machines.end()},
                                     .readers = {entry.readers.begin(), entry.readers.end()},
                                     .dependencies = {dependencies.begin(), dependencies.end()},
                                     .validation_hash = validation_hash(*entry.definition)});
    }
    target.m_machines.assign(m_machines.begin(), m_machines.end());
  }

  const config::Config& m_config;
  std::map<std::string_view, const Generator*> m_definitions;
  std::map<GeneratorId, Entry> m_entries;
  std::set<std::string> m_machines;
};

Declared::Declared(const config::Config& config) : m_config(&config) {
  DeclarationBuilder(config).build(*this);
}

std::vector<DeclaredVar> Declared::vars() const {
  std::vector<DeclaredVar> vars;
  for (const Declaration& generator : m_generators)
    for (const config::GeneratorFile& file : generator.definition->files) vars.push_back({&generator, &file});
  return vars;
}

base::Result<std::vector<std::string>> Declared::machines_named(std::span<const std::string> names) const {
  if (names.empty()) return m_machines;
  std::set<std::string> found;
  std::vector<base::Error> unknown;
  for (const std::string& name : names) {
    const auto vm = std::ranges::find(m_config->vms, name, &config::VirtualMachine::name);
    if (vm != m_config->vms.end()) {
      found.insert(vm->vars_machine);
    } else if (std::ranges::binary_search(m_machines, name)) {
      found.insert(name);
    } else {
      std::vector<std::string> candidates = m_machines;
      for (const config::VirtualMachine& other : m_config->vms) candidates.push_back(other.name);
      unknown.push_back({.kind = base::ErrorKind::config,
                         .what = concat("no vm or machine ", quoted(name), " in ", m_config->path,
                                        base::did_you_mean(name, candidates)),
                         .hint = m_machines.empty()
                                     ? "add one as [vms.NAME]"
                                     : concat("the machines are: ", base::join(m_machines, ", "))});
    }
  }
  if (!unknown.empty()) return base::first_with_others(std::move(unknown));
  return std::vector<std::string>(found.begin(), found.end());
}

std::vector<std::size_t> Declared::needed_by(std::span<const std::string> machines) const {
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < m_generators.size(); ++i)
    if (std::ranges::any_of(machines, [&](const std::string& machine) {
          return std::ranges::binary_search(m_generators[i].machines, machine);
        }))
      indices.push_back(i);
  return indices;
}

base::Result<std::vector<std::size_t>> Declared::named(std::string_view generator,
                                                       std::span<const std::string> machines) const {
  std::vector<std::size_t> indices = needed_by(machines);
  std::vector<std::string> candidates;
  for (const std::size_t i : indices) candidates.push_back(m_generators[i].id.generator);
  std::erase_if(indices, [&](std::size_t i) { return m_generators[i].id.generator != generator; });
  if (!indices.empty()) return indices;
  const bool exists =
      std::ranges::find(m_config->generators, generator, &Generator::name) != m_config->generators.end();
  if (exists)
    return base::Error{.kind = base::ErrorKind::config,
                       .what = concat("generator ", quoted(generator), " is not needed by ",
                                      machines.empty() ? "any machine" : base::join(machines, ", ")),
                       .hint = "use it in a VM's secrets, or name a machine in its 'machines'"};
  return base::Error{.kind = base::ErrorKind::config,
                     .what = concat("no generator ", quoted(generator), " in ", m_config->path,
                                    base::did_you_mean(generator, candidates))};
}

base::Result<DeclaredVar> Declared::var_named(std::string_view machine, std::string_view text) const {
  std::vector<std::string> candidates;
  for (const DeclaredVar& var : vars()) {
    if (!std::ranges::binary_search(var.generator->machines, machine)) continue;
    candidates.push_back(concat(var.generator->id.generator, "/", var.file->name));
    if (candidates.back() == text) return var;
  }
  return base::Error{
      .kind = base::ErrorKind::config,
      .what = concat("machine ", quoted(machine), " has no var ", quoted(text),
                     base::did_you_mean(text, candidates)),
      .hint = candidates.empty() ? "it has none" : concat("it has: ", base::join(candidates, ", "))};
}

std::optional<DeclaredVar> Declared::var_of(const config::VirtualMachine& vm,
                                            const config::Secret& secret) const {
  std::string generator = secret.name.text();
  std::string file = generator;
  if (const auto* source = std::get_if<GeneratorSource>(&secret.source)) {
    generator = source->generator;
    file = source->file;
  } else if (!std::holds_alternative<RandomSource>(secret.source)) {
    return std::nullopt;
  }
  const Declaration* found = find(
      {.placement = {.kind = Placement::Kind::per_machine, .name = vm.vars_machine}, .generator = generator});
  if (found == nullptr) found = find({.placement = {}, .generator = generator});
  if (found == nullptr) return std::nullopt;
  return DeclaredVar{found, config::find_file(*found->definition, file)};
}

const Declaration* Declared::find(const GeneratorId& id) const {
  const auto found = std::ranges::lower_bound(m_generators, id, {}, &Declaration::id);
  return found == m_generators.end() || found->id != id ? nullptr : &*found;
}

base::Result<std::vector<std::size_t>> Declared::chosen(std::span<const std::string> machine_names,
                                                        std::span<const std::string> generators) const {
  VMCRED_TRY_ASSIGN(const auto machines, machines_named(machine_names));
  if (generators.empty()) return needed_by(machines);
  std::vector<std::size_t> indices;
  for (const std::string& name : generators) {
    VMCRED_TRY_ASSIGN(const auto found, named(name, machines));
    indices.insert(indices.end(), found.begin(), found.end());
  }
  return indices;
}

std::vector<std::string> deployed_readers(std::span<const DeclaredVar> vars) {
  std::set<std::string> readers;
  for (const DeclaredVar& var : vars)
    if (var.file->secret && var.file->deploy)
      readers.insert(var.generator->readers.begin(), var.generator->readers.end());
  return {readers.begin(), readers.end()};
}

}  // namespace vmcred::vars
