// SPDX-License-Identifier: Apache-2.0
#include "runner/document_file.h"

#include "base/text.h"
#include "secret/sealed_file.h"

namespace vmcred::runner {

base::Result<base::UniqueFd> make_document_file(const vmm::PlannedFile& planned,
                                                std::span<const base::UniqueFd> files) {
  std::string text;
  for (const auto& piece : planned.document) {
    text += piece.text;
    if (piece.value == vmm::BodyPiece::Value::file)
      text += base::concat("/dev/fd/", files[piece.index].get());
  }
  return secret::make_sealed_file("vmcred", std::as_bytes(std::span(text)));
}

}  // namespace vmcred::runner
