// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <vector>

#include "provider/program.h"

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + (argc > 0 ? 1 : 0), argv + argc);
  return vmcred::provider::run(words);
}
