// SPDX-License-Identifier: Apache-2.0
#include "credential/pull.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/text.h"
#include "credential/archive.h"

namespace vmcred::credential {
namespace {

constexpr std::string_view k_vsock = "vsock:";
constexpr std::string_view k_virtio_serial = "virtio-serial";
constexpr std::string_view k_mmds = "mmds";
constexpr std::uint32_t k_any_port = std::numeric_limits<std::uint32_t>::max();

}  // namespace

std::string pull_source_text(const PullSource& source) {
  switch (source.channel) {
    case PullSource::Channel::vsock:
      return base::concat(k_vsock, source.vsock_port);
    case PullSource::Channel::virtio_serial:
      return std::string(k_virtio_serial);
    case PullSource::Channel::mmds:
      return std::string(k_mmds);
  }
  return "";
}

std::optional<PullSource> parse_pull_source(std::string_view text) {
  if (text == k_virtio_serial) return PullSource{.channel = PullSource::Channel::virtio_serial};
  if (text == k_mmds) return PullSource{.channel = PullSource::Channel::mmds};
  if (!text.starts_with(k_vsock)) return std::nullopt;
  text.remove_prefix(k_vsock.size());
  std::uint32_t port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failure != std::errc() || end != text.data() + text.size() || port == 0 || port == k_any_port)
    return std::nullopt;
  return PullSource{.channel = PullSource::Channel::vsock, .vsock_port = port};
}

std::array<std::byte, k_pull_length_bytes> pull_length(std::size_t archive_bytes) {
  std::array<std::byte, k_pull_length_bytes> digits{};
  for (std::size_t i = 0; i < digits.size(); ++i)
    digits[i] = static_cast<std::byte>(archive_bytes >> (8 * i) & 0xFFU);
  return digits;
}

PullAnswer read_pull_answer(std::span<const std::byte> head) {
  const auto gone = std::as_bytes(std::span(k_pull_gone));
  // No length begins like that: it would be of more than a gigabyte.
  if (head.size() >= gone.size() && std::ranges::equal(head.first(gone.size()), gone))
    return {.kind = PullAnswer::Kind::gone};
  if (head.size() < k_pull_length_bytes) return {.kind = PullAnswer::Kind::unfinished};
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < k_pull_length_bytes; ++i)
    length |= std::to_integer<std::uint64_t>(head[i]) << (8 * i);
  if (length == 0 || length > k_max_archive_bytes) return {.kind = PullAnswer::Kind::wrong};
  return {.kind = PullAnswer::Kind::archive, .archive_bytes = length};
}

}  // namespace vmcred::credential
