// SPDX-License-Identifier: Apache-2.0
#include "vars/run.h"

#include "vars/execute.h"

namespace vmcred::vars {
namespace {

using base::Result;

Result<Order> order_of(const Workshop& workshop, const Request& request) {
  Order order;
  order.ask_again = request.regenerate;
  order.anew = request.regenerate || !request.generators.empty() ? Anew::yes : Anew::no;
  order.fix_access = true;
  VMCRED_TRY_ASSIGN(order.wanted, workshop.declared.chosen(request.machines, request.generators));
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
