// SPDX-License-Identifier: Apache-2.0
// Any bytes as armor, read in pieces of a size that the first byte tells: what is accepted gives the same
// text when it is armored again, apart from line ends and white space around it; and the size of the pieces
// makes no difference.
#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "age/armor.h"

namespace {

using namespace vmcred;

std::optional<std::vector<std::byte>> read_all(std::span<const std::byte> text, std::size_t piece) {
  age::MemorySource memory(text);
  age::ArmorReader reader(memory);
  std::vector<std::byte> bytes;
  for (;;) {
    const std::size_t size = bytes.size();
    bytes.resize(size + piece);
    const auto read = reader.read(std::span(bytes).subspan(size));
    if (!read) return std::nullopt;
    bytes.resize(size + *read);
    if (*read < piece) return bytes;
  }
}

std::string trimmed(std::span<const std::byte> text) {
  std::string result(reinterpret_cast<const char*>(text.data()), text.size());
  std::erase(result, '\r');
  const std::size_t start = std::min(result.find_first_not_of(" \t\n"), result.size());
  return result.substr(start, result.find_last_not_of(" \t\n") + 1 - start) + "\n";
}

}  // namespace

// libFuzzer gives the name.
// NOLINTNEXTLINE(readability-identifier-naming)
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const auto text = std::as_bytes(std::span(data, size)).subspan(1);
  const auto whole = read_all(text, size);
  const auto pieces = read_all(text, data[0] + 1U);
  if (whole != pieces) std::abort();
  if (!whole) return 0;
  std::vector<std::byte> again;
  age::MemorySink sink(again);
  age::ArmorWriter writer(sink);
  if (!writer.write(*whole) || !writer.finish() || trimmed(again) != trimmed(text)) std::abort();
  return 0;
}
