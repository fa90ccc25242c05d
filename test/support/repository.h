// SPDX-License-Identifier: Apache-2.0
// For tests: a repository on disk with a real store of either backend, one admin, and a config.
#pragma once

#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "age/identity.h"
#include "base/text.h"
#include "config/load.h"
#include "store/store.h"
#include "support/temporary_directory.h"
#include "vars/check.h"
#include "vars/run.h"
#include "vars/version.h"

namespace vmcred::vars {

using test_support::bytes_of;
using test_support::text_of;

// Remembers what a run told.
class KeptProgress final : public Progress {
 public:
  void starts(const store::GeneratorId& generator, Reason reason) override {
    started.push_back(base::concat(store::path_of(generator), " ", text_of(reason)));
  }
  void script_line(const store::GeneratorId& generator, std::string_view line) override {
    lines.push_back(base::concat(store::path_of(generator), ": ", line));
  }
  void warning(std::string_view text) override { warnings.emplace_back(text); }

  std::vector<std::string> started;
  std::vector<std::string> lines;
  std::vector<std::string> warnings;

 private:
  static std::string_view text_of(Reason reason) { return vars::text_of(reason); }
};

// Answers by "per-machine/web/wifi/password"; remembers what was asked.
class FixedPrompts final : public PromptSource {
 public:
  base::Result<secret::SecretBuffer> ask(const Question& question) override {
    const std::string name = base::concat(store::path_of(question.generator), "/", question.prompt->name);
    asked.push_back(name);
    if (const auto answer = answers.find(name); answer != answers.end())
      return secret::SecretBuffer::copy_of(bytes_of(answer->second));
    return NoPrompts().ask(question);
  }

  std::map<std::string, std::string> answers;
  std::vector<std::string> asked;
};

class TestRepository {
 public:
  explicit TestRepository(store::Backend backend) : m_backend(backend) {
    auto admin = age::generate_identity();
    EXPECT_TRUE(admin);
    m_recipient = admin->recipient;
    m_directory.write("identity", text_of(admin->secret_key.bytes()));
    m_directory.make_directory("repository");
    if (backend == store::Backend::sops) {
      for (const char* folder : {"sops", "sops/users", "sops/users/admin"})
        m_directory.make_directory(base::concat("repository/", folder));
      m_directory.write("repository/sops/users/admin/key.json",
                        base::concat("[{\"publickey\": \"", m_recipient, "\", \"type\": \"age\"}]"));
    }
    load_keyring();
  }

  void load_keyring() {
    m_keyring =
        std::make_unique<store::Keyring>(*store::Keyring::load({m_directory.path("identity")}, nullptr));
  }

  // A VM "NAME" with a kernel is added for each name.
  void configure(std::string_view toml, const std::vector<std::string>& vms = {}) {
    std::string text(toml);
    for (const std::string& vm : vms) text += base::concat("\n[vms.", vm, "]\nkernel = 'k'\n");
    auto parsed = config::parse(path("vmcred.toml"), text);
    ASSERT_TRUE(parsed) << parsed.error().what;
    m_config = std::make_unique<config::Config>(*std::move(parsed));
    m_declared = std::make_unique<Declared>(*m_config);
  }

  std::string path(std::string_view name) const {
    return base::concat(m_directory.path("repository"), "/", name);
  }
  std::string vars_path() const { return path("vars"); }
  const Declared& declared() const { return *m_declared; }
  const config::Config& config() const { return *m_config; }

  // As a new process would see it.
  store::Store& store() {
    store::StoreSettings settings{.path = vars_path(), .backend = m_backend, .default_groups = {"admins"}};
    if (m_backend == store::Backend::age) settings.age_recipients = {m_recipient};
    auto opened = store::open_store(settings, *m_keyring);
    EXPECT_TRUE(opened) << opened.error().what;
    m_store = *std::move(opened);
    return *m_store;
  }

  Workshop workshop() { return {.declared = *m_declared, .store = store(), .vars_path = vars_path()}; }

  // What ran, as "per-machine/web/a missing"; or the error.
  std::vector<std::string> generate(const Request& request = {}) {
    progress = KeptProgress();
    const auto done = vars::generate(workshop(), request, prompts, progress);
    if (!done) return {base::concat("error: ", done.error().what)};
    fixed.clear();
    for (const store::VarId& id : done->to_fix) fixed.push_back(store::path_of(id));
    std::vector<std::string> runs;
    for (const PlannedRun& run : done->runs)
      runs.push_back(base::concat(store::path_of(run.generator), " ", text_of(run.reason)));
    return runs;
  }

  // The value of "per-machine/web/a/x", or "(none)".
  std::string value(std::string_view id) {
    for (const DeclaredVar& var : m_declared->vars()) {
      if (store::path_of(var.id()) != id) continue;
      if (!store().has(var.id(), var.visibility())) return "(none)";
      const auto value = m_store->read(var.id(), var.visibility());
      return value ? text_of(value->bytes()) : value.error().what;
    }
    return "(undeclared)";
  }

  CheckReport check() {
    auto report = vars::check(workshop(), {}, {});
    EXPECT_TRUE(report) << report.error().what;
    return report ? *std::move(report) : CheckReport{};
  }

  // Each file below the repository with its content.
  std::map<std::string, std::string> files() const {
    std::map<std::string, std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path(".")))
      if (entry.is_symlink())
        found[entry.path()] = std::filesystem::read_symlink(entry.path());
      else if (entry.is_regular_file())
        found[entry.path()] = test_support::read_file(entry.path());
    return found;
  }

  FixedPrompts prompts;
  KeptProgress progress;
  std::vector<std::string> fixed;

 private:
  static std::string_view text_of(Reason reason) { return vars::text_of(reason); }
  static std::string text_of(std::span<const std::byte> bytes) { return test_support::text_of(bytes); }

  test_support::TemporaryDirectory m_directory;
  store::Backend m_backend;
  std::string m_recipient;
  std::unique_ptr<store::Keyring> m_keyring;
  std::unique_ptr<config::Config> m_config;
  std::unique_ptr<Declared> m_declared;
  std::unique_ptr<store::Store> m_store;
};

// Each test runs on both backends.
class RepositoryTest : public testing::TestWithParam<store::Backend> {
 protected:
  TestRepository m_repository{GetParam()};
};

inline std::string backend_name(const testing::TestParamInfo<store::Backend>& row) {
  return row.param == store::Backend::sops ? "Sops" : "Age";
}

}  // namespace vmcred::vars
