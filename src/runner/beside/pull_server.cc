// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/pull_server.h"

#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "base/text.h"
#include "credential/archive.h"
#include "credential/pull.h"
#include "runner/beside/companion.h"
#include "runner/handover/http_client.h"
#include "runner/handover/transport_files.h"
#include "runner/host/vsock.h"
#include "secret/buffer.h"
#include "secret/sealed_file.h"
#include "vmm/kernel_line.h"
#include "vmm/sockets.h"

namespace vmcred::runner {
namespace {

using base::Result;
using base::UniqueFd;
using State = PullConversation::State;
using Channel = vmm::PlannedPull::Channel;

// Between attempts to reach a port that is not there yet, or that has hung up.
constexpr auto k_longest_pause = std::chrono::milliseconds(100);

// The ports that only root of the guest may connect from.
constexpr std::uint32_t k_first_port_of_anyone = 1024;

// The length and the archive, as the guest gets them.
Result<UniqueFd> make_answer_file(const credential::CredentialSet& set, std::size_t& size) {
  const std::size_t archive_size = credential::archive_size(credential::archived_outlines(set));
  size = credential::k_pull_length_bytes + archive_size;
  VMCRED_TRY_ASSIGN(auto answer, secret::SecretBuffer::zeroed(size));
  std::ranges::copy(credential::pull_length(archive_size), answer.writable_bytes().begin());
  credential::write_archive(set, answer.writable_bytes().subspan(credential::k_pull_length_bytes));
  VMCRED_TRY_ASSIGN(UniqueFd file, secret::make_sealed_file(k_file_name, answer.bytes()));
  if (::fcntl(file.get(), F_SETFD, FD_CLOEXEC) != 0) return base::errno_error("memory file");
  return file;
}

Result<PullPlace> open_place(const config::VirtualMachine& vm, const vmm::PlannedPull& plan,
                             const vmm::HostFacts& host) {
  PullPlace place;
  if (plan.channel == Channel::virtio_serial) {
    place.port_socket = base::concat(host.runtime_directory, "/", vmm::k_credentials_socket);
    return place;
  }
  const std::uint32_t port = vmm::credentials_port(vm, host.vsock.value());
  VMCRED_TRY_ASSIGN(place.listener, listen_for_guest(*host.vsock, port, host.runtime_directory));
  if (*host.vsock == vmm::VsockBackEnd::vhost) place.guest_cid = vm.vsock_cid;
  return place;
}

}  // namespace

PullServer::PullServer(PullPlace place, const PullAnswerFile& answer, UniqueFd vmm, Limits limits)
    : m_place(std::move(place)), m_answer(answer), m_vmm(std::move(vmm)), m_limits(limits) {}

void PullServer::run() {
  while (wait()) {
    if (!m_place.listener.valid()) continue;
    std::erase_if(m_guests, [now = Clock::now()](const Guest& guest) { return guest.until <= now; });
  }
}

bool PullServer::wait() {
  const bool looks_for_port = !m_place.listener.valid() && m_guests.empty();
  if (looks_for_port) connect_to_port();
  std::vector<pollfd> waiting = {{.fd = m_vmm.get(), .events = POLLIN, .revents = 0},
                                 {.fd = m_place.listener.get(), .events = POLLIN, .revents = 0}};
  for (const auto& guest : m_guests)
    waiting.push_back(
        {.fd = guest.conversation.socket(), .events = guest.conversation.events(), .revents = 0});

  auto until = m_guests.empty() ? Clock::time_point::max() : m_guests.front().until;
  if (!m_place.listener.valid() && m_guests.empty()) until = Clock::now() + m_pause;
  const int timeout = until == Clock::time_point::max() ? -1 : milliseconds_until(until);
  if (::poll(waiting.data(), waiting.size(), timeout) < 0) return errno == EINTR;

  if (waiting[0].revents != 0) return false;
  for (std::size_t i = m_guests.size(); i-- > 0;)
    if (waiting[i + 2].revents != 0 && !go_on_with(m_guests.begin() + static_cast<std::ptrdiff_t>(i)))
      return false;
  if (waiting[1].revents != 0) accept_guest();
  return true;
}

// False: the guest has stored the set.
bool PullServer::go_on_with(std::vector<Guest>::iterator guest) {
  const State state = guest->conversation.go_on();
  if (state == State::over) m_guests.erase(guest);
  return state != State::taken;
}

void PullServer::accept_guest() {
  UniqueFd socket(::accept4(m_place.listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!socket.valid() || !is_allowed(socket.get())) return;
  if (m_guests.size() == m_limits.connections) m_guests.erase(m_guests.begin());
  m_guests.push_back({.conversation = PullConversation(std::move(socket), m_answer),
                      .until = Clock::now() + m_limits.connection});
}

bool PullServer::is_allowed(int socket) const {
  if (!m_place.guest_cid) return true;
  sockaddr_vm peer{};
  socklen_t size = sizeof peer;
  return ::getpeername(socket, reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
         peer.svm_family == AF_VSOCK && peer.svm_cid == *m_place.guest_cid &&
         peer.svm_port < k_first_port_of_anyone;
}

// The VMM keeps its end for as long as it runs, and the guest may be slow to come.
void PullServer::connect_to_port() {
  auto socket = connect_to_api(m_place.port_socket, Clock::now());
  m_pause = std::min<Clock::duration>(m_pause * 2, k_longest_pause);
  if (socket)
    m_guests.push_back(
        {.conversation = PullConversation(*std::move(socket), m_answer), .until = Clock::time_point::max()});
}

Result<void> start_pull_server(const config::VirtualMachine& vm, const vmm::PlannedPull& plan,
                               const vmm::HostFacts& host, const credential::CredentialSet& set) {
  std::size_t size = 0;
  VMCRED_TRY_ASSIGN(const UniqueFd answer, make_answer_file(set, size));
  const auto prepare = [&](UniqueFd vmm) -> Result<CompanionWork> {
    VMCRED_TRY_ASSIGN(PullPlace place, open_place(vm, plan, host));
    ::prctl(PR_SET_NAME, "vmcred-pull");
    const PullAnswerFile file{.file = answer.get(), .size = size};
    return CompanionWork([server = std::make_shared<PullServer>(std::move(place), file, std::move(vmm),
                                                                PullServer::Limits{})] { server->run(); });
  };
  VMCRED_TRY_ASSIGN(const Attendant server, start_attendant(std::nullopt, std::array{answer.get()}, prepare));
  return server.wait_until_it_begins();
}

}  // namespace vmcred::runner
