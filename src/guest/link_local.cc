// SPDX-License-Identifier: Apache-2.0
#include "guest/link_local.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/file.h"
#include "base/file_names.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace vmcred::guest {
namespace {

using base::concat;
using base::UniqueFd;

constexpr std::uint32_t k_netmask = 0xFFFFFF00;
constexpr std::string_view k_label = ":m";  // an address of its own beside those that the interface may have

UniqueFd datagram_socket() { return UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)); }

ifreq request_for(std::string_view interface) {
  ifreq request{};
  interface.copy(request.ifr_name, IFNAMSIZ - 1);
  return request;
}

// Another one of the same small network.
in_addr neighbour_of(const sockaddr_in& address) {
  const std::uint32_t host = ntohl(address.sin_addr.s_addr);
  const std::uint32_t own = (host & k_netmask) | ((host & ~k_netmask) == 2 ? 3U : 2U);
  return {.s_addr = htonl(own)};
}

bool set_address(const UniqueFd& socket, unsigned long operation, const std::string& interface,
                 in_addr value) {
  ifreq request = request_for(interface);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr = value;
  std::memcpy(&request.ifr_addr, &address, sizeof address);
  return ::ioctl(socket.get(), operation, &request) == 0;
}

bool set_flags(const UniqueFd& socket, const std::string& interface, short flags) {
  ifreq request = request_for(interface);
  request.ifr_flags = flags;
  return ::ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0;
}

bool is_ethernet_device(const std::string& interface) {
  const std::string path = concat("/sys/class/net/", interface);
  constexpr std::size_t k_max_type_bytes = 16;
  const auto type = base::read_text_file(path + "/type", k_max_type_bytes);
  return type && *type == concat(ARPHRD_ETHER, "\n") && base::path_exists(path + "/device");
}

}  // namespace

bool has_route(const sockaddr_in& address) {
  const UniqueFd socket = datagram_socket();
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

std::vector<std::string> ethernet_interfaces() {
  std::vector<std::string> interfaces = base::file_names("/sys/class/net");
  std::erase_if(interfaces, [](const std::string& interface) { return !is_ethernet_device(interface); });
  return interfaces;
}

base::Result<TemporaryAddress> TemporaryAddress::on(const std::string& interface,
                                                    const sockaddr_in& address) {
  const auto failed = [&](int error_number) {
    return base::Error{
        .kind = base::ErrorKind::host,
        .what = concat("interface ", base::quoted(interface), ": ", base::errno_text(error_number))};
  };
  const std::string label = concat(interface, k_label);
  if (label.size() >= IFNAMSIZ) return failed(ENAMETOOLONG);
  const UniqueFd socket = datagram_socket();
  ifreq flags = request_for(interface);
  if (::ioctl(socket.get(), SIOCGIFFLAGS, &flags) != 0) return failed(errno);
  TemporaryAddress temporary(interface, flags.ifr_flags);
  const bool is_set = set_address(socket, SIOCSIFADDR, label, neighbour_of(address)) &&
                      set_address(socket, SIOCSIFNETMASK, label, {.s_addr = htonl(k_netmask)}) &&
                      set_flags(socket, interface, static_cast<short>(flags.ifr_flags | IFF_UP));
  if (!is_set) return failed(errno);
  return temporary;
}

TemporaryAddress::TemporaryAddress(TemporaryAddress&& other) noexcept
    : m_interface(std::exchange(other.m_interface, {})), m_flags(other.m_flags) {}

TemporaryAddress::~TemporaryAddress() {
  if (m_interface.empty()) return;
  const UniqueFd socket = datagram_socket();
  set_flags(socket, concat(m_interface, k_label), 0);  // takes the address away
  set_flags(socket, m_interface, m_flags);
}

}  // namespace vmcred::guest
