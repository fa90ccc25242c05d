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

base::Result<Config> parse_in(const std::string& path, std::string_view directory, std::string_view text) {
  VMCRED_TRY_ASSIGN(const Node root, parse_document(path, text));
  return decode(root, path, directory);
}

}  // namespace

base::Result<Config> parse(const std::string& path, std::string_view text) {
  return parse_in(path, directory_of(path), text);
}

base::Result<Config> load(const std::string& path) {
  VMCRED_TRY_ASSIGN(const std::string text, base::read_text_file(path, k_max_document_bytes));
  if (path.starts_with('/')) return parse_in(path, directory_of(path), text);
  VMCRED_TRY_ASSIGN(const std::string here, working_directory());
  return parse_in(path, anchored(here, directory_of(path)), text);
}

}  // namespace vmcred::config
