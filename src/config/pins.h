// SPDX-License-Identifier: Apache-2.0
// Entries that stand in for those of VMs since somebody went back to them. docs/formats/history.md has the
// form.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/document.h"
#include "config/reader.h"

namespace vmcred::config {

// The texts are as entry_text() gives them.
struct Pin {
  std::string since;     // RFC 3339
  std::string replaces;  // what stood in the file then
  std::string entry;     // what is read in its place
};

// "/etc/vmcred/pinned"
std::string pins_directory(std::string_view config_directory);

// The pin of a VM next to a config; nothing where there is none. Fails with an io or config error that names
// the file.
base::Result<std::optional<Pin>> read_pin(std::string_view config_directory, std::string_view vm);

// Both in one step. They fail with an io error.
base::Result<void> write_pin(std::string_view config_directory, std::string_view vm, const Pin& pin);
base::Result<void> remove_pin(std::string_view config_directory, std::string_view vm);

// Removes the VM's pin if `in_file`, the file's entry, is not what it replaces: should the file have that
// again one day, it means it.
base::Result<void> remove_passed_over_pin(std::string_view config_directory, std::string_view vm,
                                          std::string_view in_file);

// The pins next to one config, for whoever reads all of it.
class Pins {
 public:
  // None.
  Pins() = default;

  // Looks only which there are: a pin is read when its VM is.
  static Pins in(std::string_view config_directory);

  // From now on, this entry is read for a VM, whatever the folder and the file have.
  void put(const std::string& vm, std::string entry);

  // "/etc/vmcred/pinned/web.json"
  std::string path_of(std::string_view vm) const;

  struct Choice {
    const Member* member = nullptr;  // the file's, or one that stands in for it
    std::string since;               // of the pin; "" for the file's
  };

  // What to read for a VM. Adds a finding, and gives what the file has, where its pin can't be read. The
  // result lives as long as this does.
  Choice member_for(Context& context, const Member& in_file);

 private:
  base::Result<std::optional<Pin>> pin_for(const Member& in_file) const;

  std::string m_directory;
  std::string m_failure;                                  // why nobody can tell which there are, or ""
  std::map<std::string, std::string, std::less<>> m_put;  // entries of put()
  std::map<std::string, Member, std::less<>> m_members;   // of the pins that are there
};

}  // namespace vmcred::config
