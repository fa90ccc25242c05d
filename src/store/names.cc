// SPDX-License-Identifier: Apache-2.0
#include "store/names.h"

#include <algorithm>

#include "base/text.h"

namespace vmcred::store {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::quoted;

constexpr std::size_t k_max_file_name_bytes = 255;
constexpr std::size_t k_max_user_name_bytes = 32;

bool may_be_in_file_name(char letter) {
  return static_cast<unsigned char>(letter) >= 0x20 && letter != 0x7f && letter != '/';
}

bool starts_user_name(char letter) { return letter == '_' || (letter >= 'a' && letter <= 'z'); }

bool continues_user_name(char letter) {
  return starts_user_name(letter) || letter == '-' || (letter >= '0' && letter <= '9');
}

}  // namespace

bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() <= k_max_file_name_bytes && name.front() != '.' &&
         std::ranges::all_of(name, may_be_in_file_name);
}

base::Result<void> check_file_name(std::string_view what, std::string_view name) {
  if (is_file_name(name)) return {};
  return Error{.kind = ErrorKind::config,
               .what = concat(what, " name ", quoted(name), " can't be a file's name"),
               .hint = "use 1 to 255 characters without '/' and control characters, and no '.' at the start"};
}

base::Result<void> check_user_name(std::string_view what, std::string_view name) {
  if (!name.empty() && name.size() <= k_max_user_name_bytes && starts_user_name(name.front()) &&
      std::ranges::all_of(name, continues_user_name))
    return {};
  return Error{.kind = ErrorKind::config,
               .what = concat(what, " name ", quoted(name), " is not allowed"),
               .hint = "use at most 32 of a-z, 0-9, '_' and '-', with a letter or '_' at the start"};
}

base::Result<void> check_id(const GeneratorId& generator) {
  const Placement& placement = generator.placement;
  if (placement.kind != Placement::Kind::shared)
    VMCRED_TRY(check_file_name(placement.kind == Placement::Kind::per_machine ? "machine" : "export",
                               placement.name));
  return check_file_name("generator", generator.generator);
}

base::Result<void> check_id(const VarId& var) {
  VMCRED_TRY(check_id(var.generator));
  return check_file_name("file", var.file);
}

}  // namespace vmcred::store
