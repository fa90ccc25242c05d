// SPDX-License-Identifier: Apache-2.0
#include "shim/rewrite.h"

#include <algorithm>

#include "shim/initrd_plan.h"
#include "shim/kernel_parameters.h"
#include "shim/leftovers.h"
#include "shim/qemu_plan.h"

namespace vmcred::shim {
namespace {

using base::Result;

Result<StrippedLine> strip(const Request& request) {
  const Dialect& dialect = request.dialect;
  StrippedLine line{.words = {request.words.begin(), request.words.end()},
                    .taken = {},
                    .document = {},
                    .document_name = {}};
  for (const auto& option : find_options(line.words, dialect.kernel_parameters, dialect.style)) {
    VMCRED_TRY_ASSIGN(const std::string rest,
                      take_from_kernel_parameters(value_of(line.words, option), line.taken));
    set_value(line.words, option, rest);
  }
  if (dialect.take != nullptr) VMCRED_TRY(dialect.take(line, request.read_text));
  VMCRED_TRY(check_nothing_is_left(line.words));
  if (!line.document.empty()) VMCRED_TRY(check_nothing_is_left_in(line.document, line.document_name));
  return line;
}

void note_once(const TakenCredential& taken, std::vector<SeenCredential>& seen) {
  const auto& name = taken.credential.name;
  if (std::ranges::find(seen, name, &SeenCredential::name) == seen.end())
    seen.push_back({.name = name, .place = taken.place});
}

}  // namespace

Result<Rewritten> rewrite(Request request) {
  VMCRED_TRY_ASSIGN(StrippedLine line, strip(request));
  Rewritten result;
  for (const auto& taken : line.taken) note_once(taken, result.seen);
  VMCRED_TRY_ASSIGN(result.set, join_credentials(std::move(request.of_unit), std::move(line.taken)));
  result.outlines = vmm::outlines_of(result.set);
  if (result.set.empty()) {
    result.plan = plan_as_it_is(request.words);
  } else if (request.dialect.hypervisor == config::Hypervisor::qemu) {
    VMCRED_TRY(plan_qemu(request, line, result));
  } else {
    VMCRED_TRY_ASSIGN(result.plan, plan_by_initrd(request.dialect, line, result.outlines));
  }
  return result;
}

}  // namespace vmcred::shim
