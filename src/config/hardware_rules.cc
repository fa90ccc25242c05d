// SPDX-License-Identifier: Apache-2.0
#include "config/hardware_rules.h"

#include <arpa/inet.h>
#include <algorithm>
#include <array>
#include <cstdint>

#include "base/ascii.h"
#include "base/text.h"

namespace vmcred::config {
namespace {

using base::is_digit;
using base::is_letter;

bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool is_name_character(char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-'; }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

// `form` has 'x' for each hexadecimal digit, and all else as it is.
bool has_form(std::string_view text, std::string_view form) {
  return std::ranges::equal(text, form,
                            [](char c, char wanted) { return wanted == 'x' ? is_hex(c) : c == wanted; });
}

// Takes `prefix` and one to `most` digits off the front.
bool take_number(std::string_view& text, std::string_view prefix, std::size_t most, bool (*is_wanted)(char)) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  const auto end = std::ranges::find_if_not(text, is_wanted);
  const auto count = static_cast<std::size_t>(end - text.begin());
  text.remove_prefix(count);
  return count >= 1 && count <= most;
}

// FNV-1a, then the last step of splitmix64, so that all bits depend on all of the text.
std::uint64_t digest(std::string_view text) {
  std::uint64_t value = 0xcbf29ce484222325;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

}  // namespace

bool is_interface_name(std::string_view text) {
  return !text.empty() && text.size() <= k_most_interface_name_bytes && is_letter(text.front()) &&
         std::ranges::all_of(text, is_name_character) && text != "all" && text != "default" && text != "lo";
}

bool is_share_tag(std::string_view text) {
  return !text.empty() && (is_letter(text.front()) || is_digit(text.front())) &&
         std::ranges::all_of(text, is_name_character);
}

std::optional<std::string> parse_mac(std::string_view text) {
  std::string mac = lower(text);
  if (!has_form(mac, "xx:xx:xx:xx:xx:xx") || mac == "00:00:00:00:00:00") return std::nullopt;
  if (std::string_view("02468ace").find(mac[1]) == std::string_view::npos) return std::nullopt;  // of a group
  return mac;
}

std::string made_mac(std::string_view vm, std::string_view interface) {
  const std::uint64_t value = digest(base::concat(vm, "/", interface));
  std::array<std::byte, 6> address{};
  for (std::size_t i = 0; i < address.size(); ++i) address[i] = static_cast<std::byte>(value >> (8 * i));
  address[0] = (address[0] & std::byte{0xfc}) | std::byte{0x02};  // of one interface, not from a manufacturer
  std::string text;
  for (const std::byte& part : address) text += base::concat(text.empty() ? "" : ":", base::hex({&part, 1}));
  return text;
}

std::optional<std::string> parse_machine_id(std::string_view text) {
  std::string digits = lower(text);
  if (has_form(digits, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")) std::erase(digits, '-');
  const bool is_id = digits.size() == 32 && std::ranges::all_of(digits, is_hex) &&
                     digits.find_first_not_of('0') != std::string::npos;
  if (!is_id) return std::nullopt;
  return digits;
}

std::optional<std::string> parse_pci_address(std::string_view text) {
  std::string address = lower(text);
  if (!has_form(address, "xxxx:xx:xx.x")) return std::nullopt;
  // 32 slots of 8 functions.
  if (address[8] > '1' || address[11] > '7') return std::nullopt;
  return address;
}

std::optional<std::string> parse_usb_device(std::string_view text) {
  std::string_view rest = text;
  const bool is_device =
      rest.starts_with("vendorid=")
          ? take_number(rest, "vendorid=0x", 4, is_hex) && take_number(rest, ",productid=0x", 4, is_hex)
          : take_number(rest, "hostbus=", 3, is_digit) && take_number(rest, ",hostaddr=", 3, is_digit);
  if (!is_device || !rest.empty()) return std::nullopt;
  return lower(text);
}

bool is_ipv4_address(const std::string& text) {
  in_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1;
}

}  // namespace vmcred::config
