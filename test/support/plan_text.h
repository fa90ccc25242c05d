// SPDX-License-Identifier: Apache-2.0
// For tests: a launch plan as text, to compare with a golden one. One line an argument; in the place of what
// is only known at the start stands what it is.
#pragma once

#include <span>
#include <string>

#include "base/text.h"
#include "vmm/launch_plan.h"
#include "vmm/outline.h"

namespace vmcred::test_support {

using Outlines = std::span<const vmm::CredentialOutline>;

inline std::string file_text(const vmm::PlannedFile& file, Outlines outlines) {
  std::string text;
  switch (file.content) {
    case vmm::PlannedFile::Content::credential:
      text = base::concat("<value, ", file.size, " bytes:");
      break;
    case vmm::PlannedFile::Content::oem_structure:
      text = base::concat("<structure ", file.smbios_handle, ", ", file.size, " bytes:");
      break;
    case vmm::PlannedFile::Content::document:
      text = base::concat("<document, ", file.size, " bytes:");
      break;
    case vmm::PlannedFile::Content::initrd:
      text = base::concat("<", file.initrd,
                          file.next_init.empty() ? "" : base::concat(" before ", file.next_init), ", ",
                          file.size, " bytes:");
      break;
  }
  for (const auto i : file.credentials) text += base::concat(" ", outlines[i].name.text());
  return text + ">";
}

inline std::string descriptors_text(const vmm::LaunchPlan& plan, std::span<const std::size_t> indexes) {
  std::string text;
  for (const auto i : indexes) {
    const auto& descriptor = plan.descriptors[i];
    const bool listens = descriptor.kind == vmm::PlannedDescriptor::Kind::listener;
    text += base::concat("<", listens ? "listener " : "device ", descriptor.path, ">");
  }
  return text;
}

inline std::string body_text(const vmm::LaunchPlan& plan, std::span<const vmm::BodyPiece> body,
                             Outlines outlines) {
  std::string text;
  for (const auto& piece : body) {
    text += piece.text;
    switch (piece.value) {
      case vmm::BodyPiece::Value::none:
        break;
      case vmm::BodyPiece::Value::credential:
        text +=
            base::concat("<", outlines[piece.index].name.text(), ": ", outlines[piece.index].size, " bytes>");
        break;
      case vmm::BodyPiece::Value::archive:
        text += "<archive>";
        break;
      case vmm::BodyPiece::Value::file:
        text += file_text(plan.files[piece.index], outlines);
        break;
    }
  }
  return text;
}

inline std::string plan_text(const vmm::LaunchPlan& plan, Outlines outlines) {
  std::string text = base::concat(plan.program, "\n");
  if (!plan.process_name.empty()) text += base::concat("called ", plan.process_name, "\n");
  if (plan.needs_terminal) text += "with a terminal\n";
  for (const auto& assignment : plan.environment) text += base::concat("with ", assignment, "\n");
  for (const auto& argument : plan.arguments) {
    text += base::concat(argument.text, descriptors_text(plan, argument.descriptors));
    if (argument.file) text += file_text(plan.files[*argument.file], outlines);
    text += "\n";
  }
  for (const auto& request : plan.requests)
    text += base::concat(request.method, " ", plan.api_socket, " ", request.path, " ",
                         descriptors_text(plan, request.descriptors), body_text(plan, request.body, outlines),
                         "\n");
  if (plan.pull)
    text += base::concat("the guest fetches the set by ",
                         plan.pull->channel == vmm::PlannedPull::Channel::vsock ? "vsock" : "virtio-serial",
                         "\n");
  return text;
}

}  // namespace vmcred::test_support
