// SPDX-License-Identifier: Apache-2.0
// cloud-hypervisor, whose credentials stand in --platform oem_strings=[…]. Source: its vmm/src/config.rs.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "credential/oem_string.h"
#include "shim/dialect.h"
#include "shim/platform_option.h"

namespace vmcred::shim {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;

constexpr OptionStyle k_style{.long_equals = true};
constexpr std::array<std::string_view, 1> k_initrd{"--initramfs"};
constexpr std::array<std::string_view, 1> k_kernel_parameters{"--cmdline"};
constexpr std::array<std::string_view, 1> k_platform{"--platform"};
constexpr std::string_view k_strings_key = "oem_strings=";

// All --platform options of a command line as one: cloud-hypervisor takes it once.
class Platform {
 public:
  Result<void> add(std::string_view text, std::vector<TakenCredential>& taken) {
    const auto pieces = split_at_commas(text);
    if (!pieces) return bad_syntax();
    for (const auto piece : *pieces) {
      if (piece.starts_with(k_strings_key))
        VMCRED_TRY(add_strings(piece.substr(k_strings_key.size()), taken));
      else if (!piece.empty())
        VMCRED_TRY(add_other(piece));
    }
    return {};
  }

  std::string text() const {
    auto pieces = m_pieces;
    if (!m_strings.empty()) pieces.push_back(concat(k_strings_key, "[", base::join(m_strings, ","), "]"));
    return base::join(pieces, ",");
  }

 private:
  static Error bad_syntax() {
    return {.kind = ErrorKind::usage,
            .what = "--platform is not of the form key=value,key=[value,…]",
            .hint = "a secret with one of , [ ] \" has no place there; LoadCredential= takes any bytes"};
  }

  // A comma ends a string, so what follows a value may be the rest of it, cut off.
  Result<void> add_strings(std::string_view list, std::vector<TakenCredential>& taken) {
    const auto strings = split_list(list);
    if (!strings) return bad_syntax();
    const credential::CredentialName* after_text = nullptr;
    for (const auto string : *strings) {
      if (string.empty()) continue;
      VMCRED_TRY_ASSIGN(auto credential, credential::read_oem_string(std::as_bytes(std::span(string))));
      if (!credential && after_text != nullptr && !string.starts_with("io.systemd."))
        return Error{.kind = ErrorKind::credential,
                     .what = concat("what follows credential ", base::quoted(after_text->text()),
                                    " in oem_strings may be a part of its value: a comma ends a string"),
                     .hint = "use LoadCredential=, which takes any bytes; or put the other string first"};
      after_text = nullptr;
      if (!credential) {
        m_strings.emplace_back(string);
        continue;
      }
      taken.push_back({.credential = *std::move(credential), .place = "--platform"});
      if (string.starts_with("io.systemd.credential:")) after_text = &taken.back().credential.name;
    }
    return {};
  }

  // What looks like no option may be the rest of a value, and is not repeated.
  Result<void> add_other(std::string_view piece) {
    const auto key = piece.substr(0, piece.find('='));
    const bool is_key = std::ranges::all_of(key, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
    if (!is_key || key.empty() || key.size() == piece.size()) return bad_syntax();
    const auto same = std::ranges::find_if(
        m_pieces, [&](std::string_view other) { return other.substr(0, other.find('=')) == key; });
    if (same == m_pieces.end()) {
      m_pieces.emplace_back(piece);
      return {};
    }
    if (*same == piece) return {};
    return Error{.kind = ErrorKind::usage,
                 .what = concat("--platform has two values of ", base::quoted(key)),
                 .hint = "leave one of them: cloud-hypervisor takes each key once"};
  }

  std::vector<std::string> m_pieces;
  std::vector<std::string> m_strings;
};

Result<void> take_from_platform(StrippedLine& line, const ReadText& /*read_text*/) {
  const auto options = find_options(line.words, k_platform, k_style);
  if (options.empty()) return {};
  Platform platform;
  for (const auto& option : options) VMCRED_TRY(platform.add(value_of(line.words, option), line.taken));
  for (auto option = options.rbegin(); option + 1 != options.rend(); ++option)
    remove_option(line.words, *option);
  set_value(line.words, options.front(), platform.text());
  return {};
}

}  // namespace

const Dialect k_cloud_hypervisor{.hypervisor = config::Hypervisor::cloud_hypervisor,
                                 .program = "cloud-hypervisor",
                                 .start_words = {},
                                 .style = k_style,
                                 .initrd = k_initrd,
                                 .kernel_parameters = k_kernel_parameters,
                                 .take = take_from_platform};

}  // namespace vmcred::shim
