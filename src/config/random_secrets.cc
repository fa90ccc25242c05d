// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "base/text.h"
#include "config/decode.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;

// Where secret `name` of the VM stands in what it was read from.
Location location_of(const Member& vm, std::string_view name) {
  const auto member_of = [](const Member& parent, std::string_view key) -> const Member& {
    return *std::ranges::find(std::get<Node::Table>(parent.value.value), key, &Member::key);
  };
  return member_of(member_of(vm, "secrets"), name).key_location;
}

struct Owner {
  std::string_view vm;
  RandomSource source;
};

}  // namespace

void check_random_secrets(Context& context, std::span<const Member* const> members,
                          const std::vector<VirtualMachine>& vms, const GeneratorIndex& generators) {
  std::map<std::pair<std::string_view, std::string_view>, Owner> owners;  // by machine and secret
  for (std::size_t i = 0; i < vms.size(); ++i) {
    for (const Secret& secret : vms[i].secrets) {
      const auto* source = std::get_if<RandomSource>(&secret.source);
      if (source == nullptr) continue;
      const std::string& name = secret.name.text();
      const auto scope = context.findings.about({Subject::Kind::vm, members[i]->key});
      if (generators.contains(name))
        context.findings.add(location_of(*members[i], name),
                             concat("secret ", quoted(name),
                                    " makes a generator of its name, but [generators.", name, "] exists"),
                             "rename one of the two");
      const auto [owner, is_new] =
          owners.try_emplace({vms[i].vars_machine, name}, Owner{vms[i].name, *source});
      if (is_new || owner->second.source == *source) continue;
      context.findings.add(location_of(*members[i], name),
                           concat("vms ", quoted(owner->second.vm), " and ", quoted(vms[i].name),
                                  " share the vars of machine ", quoted(vms[i].vars_machine),
                                  ", but differ in 'random' of secret ", quoted(name)));
    }
  }
}

}  // namespace vmcred::config
