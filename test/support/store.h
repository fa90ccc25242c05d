// SPDX-License-Identifier: Apache-2.0
// For tests: a repository in a temporary folder, admins with keys of their own, values in one line.
#pragma once

#include <gtest/gtest.h>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "age/identity.h"
#include "age/identity_file.h"
#include "store/administration.h"
#include "store/store.h"
#include "support/bytes.h"
#include "support/crash.h"

namespace vmcred::store::test {

#define VMCRED_OK(expression)                                   \
  do {                                                          \
    const auto vmcred_outcome = (expression);                   \
    ASSERT_TRUE(vmcred_outcome) << vmcred_outcome.error().what; \
  } while (false)

inline VarId var(std::string_view placement, std::string_view generator, std::string_view file) {
  const bool shared = placement == "shared";
  return {.generator = {.placement = {.kind = shared ? Placement::Kind::shared : Placement::Kind::per_machine,
                                      .name = std::string(shared ? "" : placement)},
                        .generator = std::string(generator)},
          .file = std::string(file)};
}

inline Value secret(VarId id, std::string_view text, std::vector<std::string> machines, bool deploy = true) {
  return {.id = std::move(id),
          .visibility = Visibility::secret,
          .audience = {.deploy = deploy, .machines = std::move(machines)},
          .bytes = test_support::bytes_of(text)};
}

inline Value open_value(VarId id, std::string_view text) {
  return {.id = std::move(id),
          .visibility = Visibility::open,
          .audience = {},
          .bytes = test_support::bytes_of(text)};
}

struct Person {
  std::string key_file;
  std::string recipient;
};

class Repository {
 public:
  // No key of whoever runs the tests gets in.
  Repository() {
    for (const char* name :
         {"SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY_CMD", "AGE_KEY", "AGE_KEYFILE",
          "XDG_CONFIG_HOME", "SOPS_AGE_SSH_PRIVATE_KEY_FILE", "SOPS_AGE_SSH_PRIVATE_KEY_CMD"})
      ::unsetenv(name);
    ::setenv("HOME", m_keys.path().c_str(), 1);
    settings.path = m_tree.path("vars");
  }

  const std::string& root() const { return m_tree.path(); }
  std::string path(std::string_view name) const { return m_tree.path(name); }
  std::string text(std::string_view name) const { return test_support::read_file(path(name)); }
  bool has(std::string_view name) const { return std::filesystem::is_regular_file(path(name)); }
  std::string link(std::string_view name) const { return std::filesystem::read_symlink(path(name)); }
  bool has_link(std::string_view name) const { return std::filesystem::is_symlink(path(name)); }
  std::string home(std::string_view name) const { return m_keys.path(name); }

  Person person(const std::string& name) const {
    const auto identity = age::generate_identity();
    const auto file = age::identity_file(*identity);
    return {.key_file = m_keys.write(name + ".txt", test_support::text_of(file->bytes())),
            .recipient = identity->recipient};
  }

  static Keyring keyring_of(const Person& person) {
    auto keyring = Keyring::load({person.key_file}, nullptr);
    EXPECT_TRUE(keyring) << keyring.error().what;
    return *std::move(keyring);
  }

  std::unique_ptr<Store> open(const Keyring& keyring) const {
    auto store = open_store(settings, keyring);
    EXPECT_TRUE(store) << store.error().what;
    return *std::move(store);
  }

  // One transaction with `work(transaction)`, committed.
  template <typename Work>
  base::Result<void> commit(const Work& work, const std::string& message = "test") const {
    VMCRED_TRY_ASSIGN(auto transaction, Transaction::begin(root()));
    VMCRED_TRY(work(transaction));
    return transaction.commit(message);
  }

  // One act of administration, committed.
  template <typename Act>
  base::Result<RecipientChange> administer(const Keyring& keyring, const Act& act) const {
    VMCRED_TRY_ASSIGN(auto transaction, Transaction::begin(root()));
    VMCRED_TRY_ASSIGN(auto change, act(Administration{transaction, settings, keyring}));
    VMCRED_TRY(transaction.commit(change.message));
    return change;
  }

  StoreSettings settings;

 private:
  test_support::TemporaryDirectory m_tree{test_support::k_memory};
  test_support::TemporaryDirectory m_keys{test_support::k_memory};
};

// What a person reads; "(can't)" where it is not for them.
inline std::string read_as(const Repository& repository, const Person& person, const VarId& id,
                           Visibility visibility = Visibility::secret) {
  const Keyring keyring = Repository::keyring_of(person);
  const auto value = repository.open(keyring)->read(id, visibility);
  return value ? test_support::text_of(value->bytes()) : "(can't)";
}

}  // namespace vmcred::store::test
