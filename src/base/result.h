// SPDX-License-Identifier: Apache-2.0
// A value or the Error that prevented it. Dropping one is a compiler warning, and so an error in our builds.
//
//   Result<Config> load(const std::string& path) {
//     VMCRED_TRY_ASSIGN(const std::string text, read_file(path));
//     VMCRED_TRY(check(text));
//     return parse(text);
//   }
#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "base/error.h"

namespace vmcred::base {

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
  Result(Error error)
      : tl::expected<T, Error>(tl::unexpect, std::move(error)) {}  // NOLINT(google-explicit-constructor)
};

// The error with a context in front, on the way up: `if (!r) return in("vm 'x'", std::move(r));`.
template <typename T>
Error in(std::string_view context, Result<T>&& result) {
  return std::move(result).error().in(context);
}

}  // namespace vmcred::base

#define VMCRED_CONCAT_TOKENS_(a, b) a##b
#define VMCRED_CONCAT_TOKENS(a, b) VMCRED_CONCAT_TOKENS_(a, b)

// Returns the error of `expression` from the enclosing function, if it has one.
#define VMCRED_TRY(expression)                                                                      \
  do {                                                                                              \
    if (auto vmcred_result = (expression); !vmcred_result) return std::move(vmcred_result).error(); \
  } while (false)

// Declares or assigns `target` from the value of `expression`, or returns its error.
#define VMCRED_TRY_ASSIGN(target, expression) \
  VMCRED_TRY_ASSIGN_(VMCRED_CONCAT_TOKENS(vmcred_result_, __LINE__), target, expression)
// NOLINTBEGIN(bugprone-macro-parentheses): a declaration takes no parentheses.
#define VMCRED_TRY_ASSIGN_(result, target, expression) \
  auto result = (expression);                          \
  if (!result) return std::move(result).error();       \
  target = *std::move(result)
// NOLINTEND(bugprone-macro-parentheses)
