// SPDX-License-Identifier: Apache-2.0
// As much of HTTP/1.1 (RFC 9112) as a metadata service on a link needs: one request on a connection, and an
// answer that says how long it is.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "guest/deadline.h"
#include "secret/buffer.h"

namespace vmcred::guest {

struct HttpHead {
  int status;
  std::size_t content_length;
};

// Reads a status line and headers, up to and without the empty line. Nothing where these are malformed, where
// there is no Content-Length or more than one, or the body is coded in chunks.
std::optional<HttpHead> parse_http_head(std::string_view text);

// Sends a whole request, and reads the body of its answer if that has status 200. A `host` error for another
// status, which the error names; a `credential` error for what is no answer or larger than `max_body_bytes`.
base::Result<secret::SecretBuffer> exchange_http(int connection, std::string_view request,
                                                 std::size_t max_body_bytes, Deadline deadline);

}  // namespace vmcred::guest
