// SPDX-License-Identifier: Apache-2.0
// instant_vmm: stands in for a VMM with an API and costs next to nothing, so that what is measured is who
// asks.
//
// With "--api-socket fd=N" it serves an inherited socket (cloud-hypervisor), with "--api-sock PATH" one that
// it makes (Firecracker). It answers 204 to every request, and after the one that starts the VM it prints
// "vmcred-bench-mark NANOSECONDS 0 REQUESTS", CLOCK_MONOTONIC as soon as that answer is sent, and ends.
// Without a socket it prints that at once: what the program itself takes. "--version" prints one.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>

namespace {

constexpr std::string_view k_answer = "HTTP/1.1 204 \r\nConnection: keep-alive\r\n\r\n";
constexpr std::size_t k_most_request = 256 * 1024;
char request[k_most_request];

long long now_in_nanoseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

int listen_at(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (std::strlen(path) >= sizeof(address.sun_path)) fail(path);
  std::strcpy(address.sun_path, path);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      ::listen(listener, 8) != 0)
    fail(path);
  return listener;
}

std::size_t content_length(std::string_view head) {
  constexpr std::string_view k_field = "\r\nContent-Length: ";
  const auto at = head.find(k_field);
  std::size_t length = 0;
  if (at != std::string_view::npos)
    std::from_chars(head.data() + at + k_field.size(), head.data() + head.size(), length);
  return length;
}

// The whole of the next request, its body included.
std::string_view read_request(int connection) {
  std::size_t size = 0;
  for (;;) {
    const std::string_view so_far(request, size);
    const auto body = so_far.find("\r\n\r\n");
    if (body != std::string_view::npos && size >= body + 4 + content_length(so_far.substr(0, body)))
      return so_far;
    const ssize_t n = ::read(connection, request + size, k_most_request - size);
    if (n <= 0) fail("request");
    size += static_cast<std::size_t>(n);
  }
}

bool starts_the_vm(std::string_view text) {
  return text.starts_with("PUT /api/v1/vm.boot ") || text.starts_with("PUT /actions ");
}

// How many requests there were, up to the one that starts the VM.
int serve(int listener) {
  for (int count = 1;; ++count) {
    const int connection = ::accept(listener, nullptr, nullptr);
    if (connection < 0) fail("accept");
    const bool is_last = starts_the_vm(read_request(connection));
    if (::write(connection, k_answer.data(), k_answer.size()) < 0) fail("answer");
    ::close(connection);
    if (is_last) return count;
  }
}

}  // namespace

int main(int argc, char** argv) {
  int listener = -1;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--version") return std::puts("instant_vmm 53.0") < 0;
    if (option == "--api-socket" && i + 1 < argc) listener = std::atoi(argv[i + 1] + std::strlen("fd="));
    if (option == "--api-sock" && i + 1 < argc) listener = listen_at(argv[i + 1]);
  }
  const int requests = listener < 0 ? 0 : serve(listener);
  const long long end = now_in_nanoseconds();
  std::printf("vmcred-bench-mark %lld 0 %d\n", end, requests);
  return 0;
}
