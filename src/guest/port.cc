// SPDX-License-Identifier: Apache-2.0
#include "guest/port.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <optional>

#include "base/file.h"
#include "base/file_names.h"
#include "base/text.h"
#include "guest/kernel_module.h"
#include "guest/timed_io.h"

namespace vmcred::guest {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr std::size_t k_max_port_name_bytes = 256;

// The device's name ("vport1p1"), or nothing while there is no such port.
std::optional<std::string> find_device(const PortPlaces& places, std::string_view port) {
  for (const auto& device : base::file_names(places.names)) {
    const auto name =
        base::read_text_file(base::concat(places.names, "/", device, "/name"), k_max_port_name_bytes);
    if (name && (*name == port || *name == base::concat(port, "\n"))) return device;
  }
  return std::nullopt;
}

}  // namespace

Result<base::UniqueFd> open_port(const PortPlaces& places, std::string_view port, int access,
                                 Deadline deadline) {
  if (!base::path_exists(places.names)) load_kernel_module("virtio_console");
  do {
    const auto device = find_device(places, port);
    if (!device) continue;
    const std::string path = base::concat(places.devices, "/", *device);
    base::UniqueFd fd(::open(path.c_str(), access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (fd.valid()) return fd;
    const bool may_come = errno == ENOENT || errno == ENXIO || errno == EBUSY;
    if (!may_come) return base::errno_error(path);
  } while (pause_before(deadline));
  return Error{.kind = ErrorKind::host,
               .what = base::concat("no usable virtio-serial port is named ", base::quoted(port)),
               .hint = "the host adds the port when it starts the VM"};
}

Result<void> write_to_port(const PortPlaces& places, std::string_view port, std::string_view text,
                           std::chrono::milliseconds timeout) {
  const Deadline deadline = deadline_in(timeout);
  auto fd = open_port(places, port, O_WRONLY, deadline);
  if (!fd) {
    Error error = std::move(fd).error();
    if (!error.hint.empty()) error.hint += "; 'report --console' needs none";
    return error;
  }
  const auto sent = send_all(fd->get(), std::as_bytes(std::span(text)), deadline);
  if (sent) return {};
  return Error{
      .kind = ErrorKind::host,
      .what = base::concat("the host does not read from port ", base::quoted(port), ": ", sent.error().what),
      .hint = "--timeout SECONDS waits longer; --console needs no reader"};
}

}  // namespace vmcred::guest
