// SPDX-License-Identifier: Apache-2.0
#include "vars/run.h"

#include "vars/execute.h"

namespace vmcred::vars {
namespace {

using base::Result;

Result<Order> order_of(const Workshop& workshop, const Request& request) {
  const Declared& declared = workshop.declared;
  VMCRED_TRY_ASSIGN(const auto machines, declared.machines_named(request.machines));
  Order order;
  order.ask_again = request.regenerate;
  order.anew = request.regenerate || !request.generators.empty() ? Anew::yes : Anew::no;
  order.fix_access = true;
  if (request.generators.empty()) order.wanted = declared.needed_by(machines);
  for (const std::string& name : request.generators) {
    VMCRED_TRY_ASSIGN(const auto named, declared.named(name, machines));
    order.wanted.insert(order.wanted.end(), named.begin(), named.end());
  }
  return order;
}

}  // namespace

Result<Plan> plan(const Workshop& workshop, const Request& request) {
  VMCRED_TRY_ASSIGN(const Order order, order_of(workshop, request));
  return preview(workshop, order);
}

Result<Plan> generate(const Workshop& workshop, const Request& request, PromptSource& prompts,
                      Progress& progress) {
  VMCRED_TRY_ASSIGN(const Order order, order_of(workshop, request));
  return execute(workshop, order, prompts, progress);
}

}  // namespace vmcred::vars
