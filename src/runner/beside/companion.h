// SPDX-License-Identifier: Apache-2.0
// Processes beside a VMM. Those that need no secret are started before the runner holds one; to others it
// hands sealed memory files, since the secrets in its own memory are zeros in a forked process.
#pragma once

#include <sys/types.h>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runner/host/identity.h"

namespace vmcred::runner {

// What a companion does for as long as the VMM runs.
using CompanionWork = std::function<void()>;

// Forks a process that becomes `identity` (or stays who we are), keeps no descriptor of ours but standard
// error, and is killed when the process that calls this ends, whatever that has become by exec. There it
// calls `prepare`, whose failure is ours, and then the work. Returns its number once the work begins; one
// that dies before is a host error.
base::Result<pid_t> start_companion(const std::optional<Identity>& identity,
                                    const std::function<base::Result<CompanionWork>()>& prepare);

// The same for one that becomes another program by `become_program`, which returns only on failure. Whether
// that lives on, only its socket tells: wait for that.
base::Result<pid_t> start_companion_program(const std::optional<Identity>& identity,
                                            const std::function<base::Error()>& become_program);

// A companion that is no child of the VMM: some VMMs wait for every child that they have.
class Attendant {
 public:
  // Waits until its work begins. Its failure to prepare is ours; that it died before is a host error. Once.
  base::Result<void> wait_until_it_begins() const;

 private:
  friend base::Result<Attendant> start_attendant(
      const std::optional<Identity>& identity, std::span<const int> kept,
      const std::function<base::Result<CompanionWork>(base::UniqueFd vmm)>& prepare);

  explicit Attendant(base::UniqueFd trouble) : m_trouble(std::move(trouble)) {}

  base::UniqueFd m_trouble;
};

// Like start_companion(), without waiting. The process keeps the descriptors `kept` as well. `prepare` gets
// the process that calls this, which becomes the VMM, for waiting and for killing: when that ends, the work
// must end by itself.
base::Result<Attendant> start_attendant(
    const std::optional<Identity>& identity, std::span<const int> kept,
    const std::function<base::Result<CompanionWork>(base::UniqueFd vmm)>& prepare);

// Does something in a process of its own as `identity` (or as who we are), to its end. It keeps no descriptor
// of ours but standard error, and its failure is ours; that it died is a host error.
base::Result<void> do_as(const std::optional<Identity>& identity,
                         const std::function<base::Result<void>()>& work);

// The same for what gives a text, of which nothing after 4,000 bytes arrives.
base::Result<std::string> text_as(const std::optional<Identity>& identity,
                                  const std::function<base::Result<std::string>()>& work);

}  // namespace vmcred::runner
