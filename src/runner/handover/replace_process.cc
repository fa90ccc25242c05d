// SPDX-License-Identifier: Apache-2.0
#include "runner/handover/replace_process.h"

#include <unistd.h>
#include <cstdlib>

#include "base/text.h"

namespace vmcred::runner {
namespace {

std::vector<char*> null_terminated(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::vector<std::string> clean_environment() {
  const char* path = std::getenv("PATH");
  return {base::concat("PATH=", path == nullptr ? "/usr/bin:/bin" : path), "LANG=C.UTF-8"};
}

base::Error replace_process(const std::string& program, std::vector<std::string> words,
                            std::vector<std::string> environment) {
  ::execve(program.c_str(), null_terminated(words).data(), null_terminated(environment).data());
  return base::errno_error(program);
}

}  // namespace vmcred::runner
