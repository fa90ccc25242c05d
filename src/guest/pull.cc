// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <linux/vm_sockets.h>

#include "base/file.h"
#include "base/text.h"
#include "command/output.h"
#include "credential/pull.h"
#include "guest/commands.h"
#include "guest/conversation.h"
#include "guest/credstore.h"
#include "guest/directory.h"
#include "guest/kernel_command_line.h"
#include "guest/kernel_module.h"
#include "guest/link_local.h"
#include "guest/mmds.h"
#include "guest/mmds_by_interface.h"
#include "guest/port.h"
#include "guest/timed_io.h"
#include "guest/vsock.h"

namespace vmcred::guest {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;
using credential::CredentialSet;
using credential::PullSource;
using Channel = PullSource::Channel;

constexpr std::chrono::seconds k_pull_timeout{60};
constexpr std::chrono::milliseconds k_pause{200};

// What is asked, and the time for it.
struct Pull {
  PullSource source;
  sockaddr_in mmds_address;
  Deadline deadline;
};

struct Pulled {
  CredentialSet set;
  UniqueFd connection = {};  // where the host waits to hear that the set is stored
};

Result<PullSource> source_of(const command::Arguments& arguments) {
  auto text = arguments.value("--from");
  if (!text) { VMCRED_TRY_ASSIGN(text, kernel_parameter(credential::k_pull_parameter)); }
  if (!text)
    return Error{.kind = ErrorKind::host,
                 .what = concat("the kernel's command line has no ", credential::k_pull_parameter, "="),
                 .hint = "the host adds it for VMs that fetch their credentials; --from SOURCE goes without"};
  const auto source = credential::parse_pull_source(*text);
  if (!source)
    return Error{.kind = ErrorKind::usage,
                 .what = concat("can't pull from ", base::quoted(*text)),
                 .hint = "it is vsock:PORT, virtio-serial or mmds"};
  return *source;
}

Result<sockaddr_in> mmds_address_of(const command::Arguments& arguments) {
  const std::string text =
      arguments.value("--mmds-address").value_or(std::string(credential::k_pull_mmds_address));
  const auto address = parse_mmds_address(text);
  if (!address)
    return Error{.kind = ErrorKind::usage,
                 .what = concat("--mmds-address takes an IPv4 address and a port, not ", base::quoted(text))};
  return *address;
}

Result<Pulled> pull_by_vsock(const Pull& pull) {
  VMCRED_TRY_ASSIGN(UniqueFd connection, connect_by_vsock(VMADDR_CID_HOST, pull.source.vsock_port));
  VMCRED_TRY(make_non_blocking(connection.get()));
  VMCRED_TRY_ASSIGN(CredentialSet set, ask_for_set(connection.get(), pull.deadline));
  return Pulled{.set = std::move(set), .connection = std::move(connection)};
}

Result<Pulled> pull_by_port(const Pull& pull) {
  VMCRED_TRY_ASSIGN(UniqueFd connection,
                    open_port(PortPlaces(), credential::k_pull_port, O_RDWR, pull.deadline));
  VMCRED_TRY(discard_old_answer(connection.get(), pull.deadline));
  VMCRED_TRY_ASSIGN(CredentialSet set, ask_for_set(connection.get(), pull.deadline));
  return Pulled{.set = std::move(set), .connection = std::move(connection)};
}

Result<Pulled> pull_from_mmds(const Pull& pull) {
  const bool is_reachable = has_route(pull.mmds_address);
  if (!is_reachable) load_kernel_module("virtio_net");
  VMCRED_TRY_ASSIGN(CredentialSet set,
                    is_reachable
                        ? fetch_from_mmds(pull.mmds_address, part_of(pull.deadline))
                        : fetch_by_interfaces(ethernet_interfaces(), pull.mmds_address, pull.deadline));
  return Pulled{.set = std::move(set)};
}

Result<Pulled> pull_once(const Pull& pull) {
  switch (pull.source.channel) {
    case Channel::vsock:
      return pull_by_vsock(pull);
    case Channel::virtio_serial:
      return pull_by_port(pull);
    case Channel::mmds:
      return pull_from_mmds(pull);
  }
  return Error{.kind = ErrorKind::usage, .what = "no such channel"};
}

// The host's end may come later than the guest, and break off: that is no reason to give up.
Result<Pulled> pull_in_time(const Pull& pull) {
  for (;;) {
    auto pulled = pull_once(pull);
    const bool may_change = !pulled && pulled.error().kind == ErrorKind::host;
    if (!may_change || !pause_before(pull.deadline, k_pause)) return pulled;
  }
}

}  // namespace

Result<void> run_pull(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const PullSource source, source_of(arguments));
  VMCRED_TRY_ASSIGN(const sockaddr_in mmds_address, mmds_address_of(arguments));
  VMCRED_TRY_ASSIGN(const auto timeout, timeout_of(arguments, k_pull_timeout));
  const std::string directory = arguments.value("--directory").value_or(std::string(k_pull_directory));
  const Pull pull{.source = source, .mmds_address = mmds_address, .deadline = deadline_in(timeout)};

  auto pulled = pull_in_time(pull);
  if (!pulled) return base::in(concat("pull from ", pull_source_text(source)), std::move(pulled));
  VMCRED_TRY(store_credentials(directory, pulled->set));
  if (pulled->connection.valid()) {
    // The credentials are here: that the host does not know it yet only means that it would give them again.
    if (const auto said = say_taken(pulled->connection.get(), pull.deadline); !said)
      command::warn(k_program_name, streams, concat("the host was not told: ", said.error().what));
  }
  return command::print(streams,
                        concat(base::counted(pulled->set.size(), "credential"), " in ", directory, "\n"));
}

}  // namespace vmcred::guest
