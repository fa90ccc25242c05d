// SPDX-License-Identifier: Apache-2.0
// For tests: a process that listens on a Unix socket and plays QEMU's part of QMP, strictly or badly.
#pragma once

#include <sys/socket.h>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "support/listening_process.h"

namespace vmcred::test_support {

// One side of a connection: whole lines in, any text out.
class FakeQmpConnection {
 public:
  explicit FakeQmpConnection(int fd) : m_fd(fd) {}

  std::optional<std::string> read_line() {
    std::string line;
    char c = 0;
    while (::read(m_fd.get(), &c, 1) == 1) {
      if (c == '\n') return line;
      line += c;
    }
    return std::nullopt;
  }
  void write(std::string_view text) {
    static_cast<void>(::send(m_fd.get(), text.data(), text.size(), MSG_NOSIGNAL));
  }
  // In as many pieces as there are bytes.
  void trickle(std::string_view text) {
    for (const char& c : text) write({&c, 1});
  }
  void close() { m_fd = base::UniqueFd(); }

 private:
  base::UniqueFd m_fd;
};

// What the process ends with.
enum class FakeQmpEnd : int {
  powered_down = 0,
  ctrl_alt_delete = 9,
  quit = 10,
  client_left = 11,
  broken_rule = 12,
  done = 13
};

inline constexpr std::string_view k_qmp_greeting =
    R"({"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}})"
    "\r\n";
inline constexpr std::string_view k_qmp_done = "{\"return\": {}}\r\n";
inline constexpr std::string_view k_qmp_event =
    R"({"timestamp": {"seconds": 1, "microseconds": 2}, "event": "RTC_CHANGE", "data": {"return": 1, "error": 2}})"
    "\r\n";

// How a server that keeps to the protocol behaves.
struct FakeQmpManners {
  bool trickles = false;      // its texts arrive byte by byte
  bool tells_events = false;  // before each answer
  bool refuses_powerdown = false;
  bool guest_powers_down = true;    // when asked
  bool guest_has_keyboard = false;  // and shuts down at ctrl-alt-delete
  unsigned missed_presses = 0;      // of the power button, while the guest still boots
  bool quits = true;
  bool answers_quit = true;
};

inline bool is_ctrl_alt_delete(const nlohmann::json& request) {
  return request == nlohmann::json::parse(R"({"execute": "send-key", "arguments": {"keys": [
      {"type": "qcode", "data": "ctrl"}, {"type": "qcode", "data": "alt"}, {"type": "qcode", "data": "delete"}]}})");
}

// Answers commands until it ends. Anything but {"execute": COMMAND} or ctrl-alt-delete in a line of its own,
// or a command before qmp_capabilities, is a broken rule.
inline FakeQmpEnd serve_qmp(FakeQmpConnection& client, const FakeQmpManners& manners) {
  const auto say = [&](std::string_view text) {
    manners.trickles ? client.trickle(text) : client.write(text);
  };
  bool negotiated = false;
  unsigned presses = 0;
  say(k_qmp_greeting);
  while (const auto line = client.read_line()) {
    const auto request = nlohmann::json::parse(*line, nullptr, false);
    if (!request.is_object() || !request.contains("execute") ||
        (request.size() != 1 && !is_ctrl_alt_delete(request)))
      return FakeQmpEnd::broken_rule;
    const std::string command = request["execute"].get<std::string>();
    if ((command == "qmp_capabilities") == negotiated) return FakeQmpEnd::broken_rule;
    if (manners.tells_events) say(k_qmp_event);
    if (command == "qmp_capabilities") {
      negotiated = true;
      say(k_qmp_done);
    } else if (command == "system_powerdown" && manners.refuses_powerdown) {
      say("{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}}\r\n");
    } else if (command == "system_powerdown") {
      say(k_qmp_done);
      if (manners.guest_powers_down && ++presses > manners.missed_presses) return FakeQmpEnd::powered_down;
    } else if (command == "send-key") {
      say(k_qmp_done);
      if (manners.guest_has_keyboard) return FakeQmpEnd::ctrl_alt_delete;
    } else if (command == "quit") {
      if (manners.answers_quit) say(k_qmp_done);
      if (manners.quits) return FakeQmpEnd::quit;
    } else {
      return FakeQmpEnd::broken_rule;
    }
  }
  return FakeQmpEnd::client_left;
}

class FakeQmp {
 public:
  using Play = std::function<FakeQmpEnd(FakeQmpConnection& client)>;

  // Listens on `path` in a process of its own and plays `play` with the first client. `begin` comes first
  // there. Returns once it listens.
  FakeQmp(
      const std::string& path, const Play& play, const std::function<void()>& begin = [] {})
      : m_server(path, 0, begin, [&play](int listener) {
          FakeQmpConnection client(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
          ::_exit(static_cast<int>(play(client)));
        }) {}
  FakeQmp(const std::string& path, const FakeQmpManners& manners)
      : FakeQmp(path, [manners](FakeQmpConnection& client) { return serve_qmp(client, manners); }) {}

  pid_t process() const { return m_server.process(); }

  // How it ended, once it has.
  ChildOutcome wait() { return m_server.wait(); }
  bool ended_with(FakeQmpEnd end) { return wait().exited_with(static_cast<int>(end)); }

 private:
  ListeningProcess m_server;
};

}  // namespace vmcred::test_support
