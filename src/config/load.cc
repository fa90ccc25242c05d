// SPDX-License-Identifier: Apache-2.0
#include "config/load.h"

#include <unistd.h>
#include <cerrno>

#include "base/file.h"
#include "config/decode.h"
#include "config/path.h"

namespace vmcred::config {
namespace {

base::Result<std::string> working_directory() {
  char* name = ::getcwd(nullptr, 0);
  if (name == nullptr) return base::errno_error("the working directory");
  std::string directory = name;
  ::free(name);
  return directory;
}

// Where relative paths of this config start.
base::Result<std::string> anchor_of(const std::string& path) {
  if (path.starts_with('/')) return std::string(directory_of(path));
  VMCRED_TRY_ASSIGN(const std::string here, working_directory());
  return anchored(here, directory_of(path));
}

// A file as it is written.
struct Source {
  Node root;
  std::string directory;  // where relative paths start, and its pins are
};

base::Result<Source> read_source(const std::string& path) {
  VMCRED_TRY_ASSIGN(const std::string text, base::read_text_file(path, k_max_document_bytes));
  VMCRED_TRY_ASSIGN(std::string directory, anchor_of(path));
  VMCRED_TRY_ASSIGN(Node root, parse_document(path, text));
  return Source{.root = std::move(root), .directory = std::move(directory)};
}

}  // namespace

base::Result<Config> parse(const std::string& path, std::string_view text, VmCheck check) {
  VMCRED_TRY_ASSIGN(const Node root, parse_document(path, text));
  return decode(root, path, directory_of(path), Pins(), check);
}

base::Result<UnitConfig> parse_for_units(const std::string& path, std::string_view text, VmCheck check) {
  VMCRED_TRY_ASSIGN(const Node root, parse_document(path, text));
  return decode_for_units(root, path, directory_of(path), Pins(), check);
}

base::Result<Config> load(const std::string& path, VmCheck check) {
  VMCRED_TRY_ASSIGN(const Source source, read_source(path));
  return decode(source.root, path, source.directory, Pins::in(source.directory), check);
}

base::Result<UnitConfig> load_for_units(const std::string& path, VmCheck check) {
  VMCRED_TRY_ASSIGN(const Source source, read_source(path));
  return decode_for_units(source.root, path, source.directory, Pins::in(source.directory), check);
}

base::Result<UnitConfig> load_with_entry(const std::string& path, const std::string& vm,
                                         const std::string& entry, VmCheck check) {
  VMCRED_TRY_ASSIGN(const Source source, read_source(path));
  Pins pins = Pins::in(source.directory);
  pins.put(vm, entry);
  return decode_for_units(source.root, path, source.directory, std::move(pins), check);
}

base::Result<Config> load_for_vm(const std::string& path, std::string_view name, VmCheck check) {
  VMCRED_TRY_ASSIGN(UnitConfig loaded, load_for_units(path, check));
  for (BrokenVm& vm : loaded.broken)
    if (vm.name == name) return std::move(vm.error);
  return std::move(loaded.config);
}

}  // namespace vmcred::config
