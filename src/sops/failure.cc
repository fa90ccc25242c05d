// SPDX-License-Identifier: Apache-2.0
#include "sops/failure.h"

#include <utility>

namespace vmcred::sops {
namespace {

base::ErrorKind kind_of(Failure failure) {
  switch (failure) {
    case Failure::bad_set_value:
    case Failure::conflicting_options:
    case Failure::bad_extract_path:
      return base::ErrorKind::usage;
    case Failure::unwritable:
      return base::ErrorKind::io;
    case Failure::no_editor:
      return base::ErrorKind::host;
    default:
      return base::ErrorKind::credential;
  }
}

}  // namespace

base::Error failed(Failure failure, std::string what, std::string hint) {
  return {.kind = kind_of(failure),
          .what = std::move(what),
          .hint = std::move(hint),
          .detail = static_cast<int>(failure)};
}

Failure failure_of(const base::Error& error) {
  switch (const auto failure = static_cast<Failure>(error.detail)) {
    case Failure::generic:
    case Failure::unreadable:
    case Failure::unwritable:
    case Failure::emitting:
    case Failure::bad_set_value:
    case Failure::conflicting_options:
    case Failure::encrypting_tree:
    case Failure::decrypting_tree:
    case Failure::keys_of_missing_file:
    case Failure::mac_mismatch:
    case Failure::bad_extract_path:
    case Failure::empty_file:
    case Failure::no_file:
    case Failure::no_key:
    case Failure::unchanged:
    case Failure::no_editor:
    case Failure::already_encrypted:
      return failure;
    case Failure::none:
      break;
  }
  return Failure::none;
}

}  // namespace vmcred::sops
