// SPDX-License-Identifier: Apache-2.0
// How a guest fetches its credentials from the host, where no hypervisor puts them into it: what guest and
// host say to each other, for both. docs/formats/pull.md has the conversation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace vmcred::credential {

// By which way, as the kernel's command line says it: "vmcred.pull=vsock:9998".
struct PullSource {
  enum class Channel { vsock, virtio_serial, mmds };
  Channel channel;
  std::uint32_t vsock_port = 0;

  bool operator==(const PullSource&) const = default;
};

inline constexpr std::string_view k_pull_parameter = "vmcred.pull";

// "vsock:9998", "virtio-serial" or "mmds".
std::string pull_source_text(const PullSource& source);

// The reverse; nothing for all else, and for a port that is 0 or stands for any.
std::optional<PullSource> parse_pull_source(std::string_view text);

// The virtio-serial port's name.
inline constexpr std::string_view k_pull_port = "vmcred.credentials";

// Where Firecracker's metadata service has the archive, in base64, and the address it has by default.
inline constexpr std::string_view k_pull_mmds_path = "/vmcred/archive";
inline constexpr std::string_view k_pull_mmds_address = "169.254.169.254";

// The guest asks, and says when it has stored the set. Who asks a host afterwards that still listens is told
// that it is gone.
inline constexpr std::string_view k_pull_request = "vmcred-pull 1\n";
inline constexpr std::string_view k_pull_taken = "taken\n";
inline constexpr std::string_view k_pull_gone = "gone\n";

// The length of the archive, which the host sends before it.
inline constexpr std::size_t k_pull_length_bytes = 8;
std::array<std::byte, k_pull_length_bytes> pull_length(std::size_t archive_bytes);

// How an answer begins.
struct PullAnswer {
  enum class Kind { unfinished, gone, archive, wrong };
  Kind kind;
  std::size_t archive_bytes = 0;
};

// Reads the first bytes of an answer, of which there are k_pull_length_bytes or fewer so far. A length of 0,
// or of more than k_max_archive_bytes, is wrong.
PullAnswer read_pull_answer(std::span<const std::byte> head);

}  // namespace vmcred::credential
