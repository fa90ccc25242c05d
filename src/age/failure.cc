// SPDX-License-Identifier: Apache-2.0
#include "age/failure.h"

namespace vmcred::age {

base::Error failed(Failure failure, std::string what, std::string hint) {
  return {.kind = base::ErrorKind::credential,
          .what = std::move(what),
          .hint = std::move(hint),
          .detail = static_cast<int>(failure)};
}

Failure failure_of(const base::Error& error) {
  const auto failure = static_cast<Failure>(error.detail);
  switch (failure) {
    case Failure::no_match:
    case Failure::hmac:
    case Failure::header:
    case Failure::payload:
    case Failure::armor:
      return failure;
    case Failure::none:
      break;
  }
  return Failure::none;
}

}  // namespace vmcred::age
