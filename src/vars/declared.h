// SPDX-License-Identifier: Apache-2.0
// What a config declares, laid out as the store keeps it: each generator at each place where it runs.
//
// A machine declares the generators that its VMs' secrets name, those that name the machine in `machines`,
// one for each random secret of its VMs, and all that these depend on. A shared generator has one place for
// all machines.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/model.h"
#include "store/var.h"

namespace vmcred::vars {

struct Declaration {
  store::GeneratorId id;
  const config::Generator* definition = nullptr;
  std::vector<std::string> machines;  // that need it, sorted
  std::vector<std::string> readers;   // of those, who reads its deployed secrets: not who only depends on it
  std::vector<std::size_t> dependencies;  // into Declared::generators(), sorted
  std::optional<std::string> validation_hash;
};

// One file of a generator.
struct DeclaredVar {
  const Declaration* generator = nullptr;
  const config::GeneratorFile* file = nullptr;

  store::VarId id() const { return {.generator = generator->id, .file = file->name}; }
  store::Visibility visibility() const {
    return file->secret ? store::Visibility::secret : store::Visibility::open;
  }
  // Without a reader it is the admins' alone.
  store::Audience audience() const {
    return {.deploy = file->deploy && !generator->readers.empty(), .machines = generator->readers};
  }
};

// The machines that read at least one of these secrets, sorted.
std::vector<std::string> deployed_readers(std::span<const DeclaredVar> vars);

class Declared {
 public:
  // `config` must be checked, and outlive this.
  explicit Declared(const config::Config& config);
  Declared(const Declared&) = delete;
  Declared& operator=(const Declared&) = delete;
  Declared(Declared&&) = default;
  Declared& operator=(Declared&&) = default;
  ~Declared() = default;

  const config::Config& config() const { return *m_config; }

  // Sorted by id, which no two share.
  const std::vector<Declaration>& generators() const { return m_generators; }

  // All machines, sorted.
  const std::vector<std::string>& machines() const { return m_machines; }

  // All files of all generators, in their order.
  std::vector<DeclaredVar> vars() const;

  // The machines that people name: by their own name or a VM's. None means all. Fails with a config error
  // that suggests another where one does not exist.
  base::Result<std::vector<std::string>> machines_named(std::span<const std::string> names) const;

  // The index of each generator that one of the machines needs.
  std::vector<std::size_t> needed_by(std::span<const std::string> machines) const;

  // Of those, the ones of this name. Fails with a config error where there is none.
  base::Result<std::vector<std::size_t>> named(std::string_view generator,
                                               std::span<const std::string> machines) const;

  // All that the machines need, or of it the generators of these names. Fails as machines_named() and named()
  // do.
  base::Result<std::vector<std::size_t>> chosen(std::span<const std::string> machine_names,
                                                std::span<const std::string> generators) const;

  // The var that a machine knows as "GENERATOR/FILE". Fails with a config error that suggests another.
  base::Result<DeclaredVar> var_named(std::string_view machine, std::string_view text) const;

  // The var behind a VM's secret; nothing where the secret is a file of the host.
  std::optional<DeclaredVar> var_of(const config::VirtualMachine& vm, const config::Secret& secret) const;

  const Declaration* find(const store::GeneratorId& id) const;

 private:
  friend class DeclarationBuilder;

  const config::Config* m_config;
  std::deque<config::Generator> m_random_generators;  // for the VMs' random secrets
  std::vector<Declaration> m_generators;
  std::vector<std::string> m_machines;
};

// The config's name for a random secret's encoding is its kind's.
config::FileKind kind_of(const config::RandomSource& source);

}  // namespace vmcred::vars
