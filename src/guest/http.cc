// SPDX-License-Identifier: Apache-2.0
#include "guest/http.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "guest/timed_io.h"

namespace vmcred::guest {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using secret::SecretBuffer;

constexpr std::string_view k_line_end = "\r\n";
constexpr std::string_view k_head_end = "\r\n\r\n";
constexpr std::size_t k_max_head_bytes = 4096;
constexpr int k_ok = 200;

template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view take_line(std::string_view& text) {
  const auto end = std::min(text.find(k_line_end), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), end + k_line_end.size()));
  return line;
}

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view k_blanks = " \t";
  const auto first = std::min(text.find_first_not_of(k_blanks), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(k_blanks) + 1);
}

// Letters of either case; `wanted` is in lower case. The C library's function would add 24 KiB to the
// program.
bool is_same_name(std::string_view name, std::string_view wanted) {
  return std::ranges::equal(
      name, wanted, {}, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
}

// "HTTP/1.1 200 OK": three digits, and a reason or none.
std::optional<int> parse_status(std::string_view line) {
  constexpr std::size_t k_digits = 3;
  if (!line.starts_with("HTTP/1.1 ") && !line.starts_with("HTTP/1.0 ")) return std::nullopt;
  line.remove_prefix(std::string_view("HTTP/1.1 ").size());
  if (line.size() > k_digits && line[k_digits] != ' ') return std::nullopt;
  const auto digits = line.substr(0, k_digits);
  const bool is_number =
      digits.size() == k_digits && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  return is_number ? parse_number<int>(digits) : std::nullopt;
}

// Up to the end of the head, and what has come of the body so far: that is a secret.
struct Received {
  SecretBuffer bytes;
  std::size_t size = 0;

  std::string_view text() const { return {reinterpret_cast<const char*>(bytes.bytes().data()), size}; }
};

Error no_answer() {
  return {.kind = ErrorKind::credential, .what = "the answer is none that this program understands"};
}

Result<std::size_t> receive_head(int connection, Received& received, Deadline deadline) {
  for (;;) {
    if (const auto end = received.text().find(k_head_end); end != std::string_view::npos) return end;
    const auto room = received.bytes.writable_bytes().subspan(received.size);
    if (room.empty()) return no_answer();
    VMCRED_TRY_ASSIGN(const std::size_t n, receive_some(connection, room, deadline));
    received.size += n;
  }
}

}  // namespace

std::optional<HttpHead> parse_http_head(std::string_view text) {
  const auto status = parse_status(take_line(text));
  if (!status) return std::nullopt;
  std::optional<std::size_t> length;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string_view name = line.substr(0, colon);
    if (is_same_name(name, "transfer-encoding")) return std::nullopt;
    if (!is_same_name(name, "content-length")) continue;
    if (length) return std::nullopt;
    length = parse_number<std::size_t>(without_blanks(line.substr(colon + 1)));
    if (!length) return std::nullopt;
  }
  if (!length) return std::nullopt;
  return HttpHead{.status = *status, .content_length = *length};
}

Result<SecretBuffer> exchange_http(int connection, std::string_view request, std::size_t max_body_bytes,
                                   Deadline deadline) {
  VMCRED_TRY(send_all(connection, std::as_bytes(std::span(request)), deadline));
  VMCRED_TRY_ASSIGN(SecretBuffer room, SecretBuffer::zeroed(k_max_head_bytes));
  Received received{.bytes = std::move(room)};
  VMCRED_TRY_ASSIGN(const std::size_t head_size, receive_head(connection, received, deadline));
  const auto head = parse_http_head(received.text().substr(0, head_size));
  if (!head) return no_answer();
  if (head->status != k_ok)
    return Error{.kind = ErrorKind::host, .what = base::concat("it answers with status ", head->status)};
  if (head->content_length > max_body_bytes) return no_answer();

  VMCRED_TRY_ASSIGN(SecretBuffer body, SecretBuffer::zeroed(head->content_length));
  const std::size_t body_begin = head_size + k_head_end.size();
  const auto early = received.bytes.bytes().subspan(body_begin, received.size - body_begin);
  if (early.size() > body.size()) return no_answer();
  std::ranges::copy(early, body.writable_bytes().begin());
  VMCRED_TRY(receive_all(connection, body.writable_bytes().subspan(early.size()), deadline));
  return body;
}

}  // namespace vmcred::guest
