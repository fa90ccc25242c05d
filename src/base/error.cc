// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <cassert>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace vmcred::base {

Error Error::in(std::string_view context) && {
  what = concat(context, ": ", what);
  for (auto& other : others) other.what = concat(context, ": ", other.what);
  return std::move(*this);
}

Error Error::with_hint(std::string_view text) && {
  if (hint.empty()) hint = text;
  return std::move(*this);
}

std::string errno_text(int error_number) {
  const char* description = strerrordesc_np(error_number);
  if (description == nullptr) return concat("error ", error_number);
  std::string text = description;
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0)
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

Error errno_error(std::string_view subject, int error_number) {
  return {.kind = ErrorKind::io, .what = concat(subject, ": ", errno_text(error_number))};
}

Error errno_error(std::string_view subject) { return errno_error(subject, errno); }

Error first_with_others(std::vector<Error> findings) {
  assert(!findings.empty());
  Error first = std::move(findings.front());
  for (std::size_t i = 1; i < findings.size(); ++i) first.others.push_back(std::move(findings[i]));
  return first;
}

}  // namespace vmcred::base
