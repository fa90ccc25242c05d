// SPDX-License-Identifier: Apache-2.0
#include "systemd/journal.h"

#include <unistd.h>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <thread>

#include "base/file.h"
#include "base/text.h"
#include "systemd/unix_address.h"

namespace vmcred::systemd {
namespace {

// For a queue that is full: a burst should keep its fields, a journald that hangs should hold up nobody.
constexpr auto k_patience = std::chrono::milliseconds(20);
constexpr auto k_pause = std::chrono::microseconds(500);

void append_length(std::string& entry, std::uint64_t length) {
  for (int shift = 0; shift < 64; shift += 8) entry += static_cast<char>((length >> shift) & 0xff);
}

void append_field(std::string& entry, const Field& field) {
  entry += field.name;
  if (field.value.find('\n') == std::string_view::npos) {
    entry += '=';
  } else {
    entry += '\n';
    append_length(entry, field.value.size());
  }
  entry += field.value;
  entry += '\n';
}

}  // namespace

std::string journal_entry(std::span<const Field> fields) {
  std::string entry;
  for (const Field& field : fields) append_field(entry, field);
  return entry;
}

Journal::Journal(std::string_view identifier, std::string_view socket)
    : m_identifier(identifier), m_address(socket) {
  if (auto opened = datagram_socket()) m_socket = *std::move(opened);
}

void Journal::write(Priority priority, std::string_view message, std::span<const Field> fields) const {
  const std::string level = std::to_string(static_cast<int>(priority));
  std::vector<Field> all = {{"MESSAGE", message}, {"PRIORITY", level}, {"SYSLOG_IDENTIFIER", m_identifier}};
  all.insert(all.end(), fields.begin(), fields.end());
  if (send(journal_entry(all))) return;
  const std::string line = base::concat("<", level, ">", base::escaped(message), "\n");
  // There is nowhere left to say that this failed, too.
  static_cast<void>(base::write_all(STDERR_FILENO, std::as_bytes(std::span(line)), "standard error"));
}

bool Journal::send(std::string_view entry) const {
  const auto address = UnixAddress::parse(m_address);
  if (!address || !m_socket.valid()) return false;
  const auto end = std::chrono::steady_clock::now() + k_patience;
  while (::sendto(m_socket.get(), entry.data(), entry.size(), MSG_DONTWAIT | MSG_NOSIGNAL, address->get(),
                  address->size()) < 0) {
    if (errno != EAGAIN || std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(k_pause);
  }
  return true;
}

}  // namespace vmcred::systemd
