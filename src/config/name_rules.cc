// SPDX-License-Identifier: Apache-2.0
#include "config/name_rules.h"

#include <arpa/inet.h>
#include <algorithm>

#include "base/ascii.h"

namespace vmcred::config {
namespace {

using base::is_digit;
using base::is_letter;
using base::is_lower;

constexpr std::size_t k_max_label_bytes = 63;  // RFC 1035
constexpr std::size_t k_max_file_bytes = 255;  // NAME_MAX

}  // namespace

bool is_vm_name(std::string_view text) {
  return !text.empty() && text.size() <= k_max_label_bytes && text.front() != '-' && text.back() != '-' &&
         text.find("--") == std::string_view::npos &&
         std::ranges::all_of(text, [](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

bool is_store_name(std::string_view text) {
  return !text.empty() && text.size() <= k_max_file_bytes &&
         (is_lower(text.front()) || is_digit(text.front())) && std::ranges::all_of(text, [](char c) {
           return is_lower(c) || is_digit(c) || c == '.' || c == '_' || c == '-';
         });
}

bool is_machine_name(std::string_view text) {
  const auto is_first = [](char c) { return is_letter(c) || is_digit(c); };
  return !text.empty() && text.size() <= k_max_label_bytes && is_first(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return is_first(c) || c == '_' || c == '-'; });
}

bool is_unit_name(std::string_view text) {
  const std::size_t dot = text.rfind('.');
  return dot != std::string_view::npos && dot != 0 && dot + 1 < text.size() &&
         text.size() <= k_max_file_bytes && std::ranges::all_of(text, [](char c) {
           return is_letter(c) || is_digit(c) ||
                  std::string_view(":_.\\-@").find(c) != std::string_view::npos;
         });
}

bool is_user_name(std::string_view text) {
  return !text.empty() && text.size() <= k_max_user_bytes &&
         (is_letter(text.front()) || text.front() == '_') && std::ranges::all_of(text, [](char c) {
           return is_letter(c) || is_digit(c) || c == '_' || c == '-';
         });
}

bool is_calendar_text(std::string_view text) {
  return !text.empty() && text.size() <= k_max_file_bytes && text.front() != ' ' && text.back() != ' ' &&
         std::ranges::all_of(text, [](char c) {
           return is_letter(c) || is_digit(c) ||
                  std::string_view(" *-.,:/~_+").find(c) != std::string_view::npos;
         });
}

bool has_control_character(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_ip_address(const std::string& text) {
  in6_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool is_host_name(std::string_view text) {
  if (text.starts_with("*.")) text.remove_prefix(2);
  return !text.empty() && text.size() <= 253 && text.front() != '.' &&
         text.find("..") == std::string_view::npos && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                  c == '.' || c == '_';
         });
}

}  // namespace vmcred::config
