// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "config/decode.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;

// Who was first to have each value.
template <typename Value>
class Owners {
 public:
  Owners(Context& context, std::string_view what) : m_context(context), m_what(what) {}

  // `text` is the value for people.
  void claim(const Member& member, const Value& value, std::string_view text, std::string_view hint = {}) {
    const auto [owner, is_new] = m_owners.try_emplace(value, member.key);
    if (is_new) return;
    const auto scope = m_context.findings.about({Subject::Kind::vm, member.key});
    m_context.findings.add(member.key_location,
                           concat("vms ", quoted(owner->second), " and ", quoted(member.key),
                                  " have the same ", m_what, " ", text),
                           hint);
  }

 private:
  Context& m_context;
  std::string_view m_what;
  std::unordered_map<Value, std::string_view> m_owners;
};

// The host has one interface of each name.
void claim_interfaces(Owners<std::string_view>& owners, const Member& member, const VirtualMachine& vm) {
  for (const Interface& interface : vm.interfaces)
    if (is_on_host(interface) && !interface.id.empty())
      owners.claim(member, interface.id, quoted(interface.id));
}

}  // namespace

void check_clashes(Context& context, const Node::Table& table, const std::vector<VirtualMachine>& vms) {
  // The host could not tell them apart.
  Owners<std::uint32_t> addresses(context, "'vsock.cid'");
  // Whoever breaks out of one VM could read the other's memory and credentials.
  Owners<std::string_view> users(context, "'user'");
  Owners<std::string_view> interfaces(context, "interface");
  for (std::size_t i = 0; i < vms.size(); ++i) {
    const VirtualMachine& vm = vms[i];
    if (vm.vsock_cid) addresses.claim(table[i], *vm.vsock_cid, std::to_string(*vm.vsock_cid));
    // An empty one is the VM's own, by its name.
    if (!vm.user.empty())
      users.claim(table[i], vm.user, quoted(vm.user), "leave 'user' out: each VM then has a user of its own");
    claim_interfaces(interfaces, table[i], vm);
  }
}

}  // namespace vmcred::config
