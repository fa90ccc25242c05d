// SPDX-License-Identifier: Apache-2.0
// Near misses: each row is one mistake and the exact sentences that it brings.
#include "config/test_rows.h"

namespace vmcred::config {
namespace {

using base::concat;

constexpr std::string_view k_smallest_vm = "[vms.a]\nkernel = 'k'\n";  // two lines

TEST(DecodeStore, FindsMistakes) {
  const Row rows[] = {
      {"store.backend = 'age'"},
      {"store = 1", {"x.toml:1:9: 'store' must be a table, not a whole number"}},
      {"store.path = ''", {"x.toml:1:14: 'path' is empty"}},
      {"store.backend = 'aeg'", {"x.toml:1:17: unknown backend 'aeg' (did you mean 'age'?)"}},
      {"stores.path = 'x'", {"x.toml:1:1: unknown key 'stores' in the config (did you mean 'store'?)"}},
      {"\"a\\n\" = 1", {"x.toml:1:1: unknown key 'a\\x0a' in the config"}},
  };
  check("", rows);
}

TEST(DecodeStore, ChecksWhoReads) {
  const Row rows[] = {
      {"store.groups = []\nstore.identity = 'id'\nstore.age_recipients_for.A_1 = ['age1x']"},
      {"store.groups = ['a b']", {"x.toml:1:16: 'a b' is not a valid name of a group"}},
      {"store.identity = 1", {"x.toml:1:18: 'identity' must be a string, not a whole number"}},
      {"store.identity = [1]",
       {"x.toml:1:19: 'identity' must be an array of strings, this is a whole number"}},
      {"store.age_recipients = ['']", {"x.toml:1:24: an element of 'age_recipients' is empty"}},
      {"store.age_recipients_for = ['x']",
       {"x.toml:1:28: 'age_recipients_for' must be a table, not an array"}},
      {"store.age_recipients_for.web = 'age1x'",
       {"x.toml:1:32: 'web' must be an array of strings, not a string"}},
      {"store.age_recipients_for.'a.b' = ['age1x']", {"x.toml:1:26: 'a.b' is not a valid name of a machine"}},
      {"store.identiy = 'x'", {"x.toml:1:7: unknown key 'identiy' in [store] (did you mean 'identity'?)"}},
  };
  check("", rows);
}

TEST(DecodeVm, RandomSecretsMakeGeneratorsOfTheirName) {
  const Row rows[] = {
      {"secrets.x = { random = 'hex:1' }\n[vms.b]\nkernel = 'k'\nsecrets.x = { random = 'hex:2' }"},
      {"secrets.x = { random = 'hex:1' }\n[generators.x]\nfiles.y = {}",
       {"x.toml:3:9: secret 'x' makes a generator of its name, but [generators.x] exists"}},
      {"secrets.x = { random = 'hex:1' }\n[vms.b]\nkernel = 'k'\nvars_machine = 'a'\nsecrets.x = { random = "
       "'hex:1' }"},
      {"secrets.x = { random = 'hex:1' }\n[vms.b]\nkernel = 'k'\nvars_machine = 'a'\nsecrets.x = { random = "
       "'hex:2' }",
       {"x.toml:7:9: vms 'a' and 'b' share the vars of machine 'a', but differ in 'random' of secret 'x'"}},
      {"vars_machine = 'a b'", {"x.toml:3:16: 'a b' is not a valid name of a machine"}},
  };
  check(k_smallest_vm, rows);
}

TEST(DecodeVm, FindsMistakesInTheMachine) {
  const Row rows[] = {
      {"hypervisor = 'qemuu'", {"x.toml:3:14: unknown hypervisor 'qemuu' (did you mean 'qemu'?)"}},
      {"hypervisor = 'vmware'", {"x.toml:3:14: unknown hypervisor 'vmware'"}},
      {"vcpu = 1\nmem = 16\nvsock.cid = 3"},
      {"vcpu = 0", {"x.toml:3:8: 'vcpu' must be from 1 to 255"}},
      {"vcpu = 256", {"x.toml:3:8: 'vcpu' must be from 1 to 255"}},
      {"vcpu = 1.0", {"x.toml:3:8: 'vcpu' must be a whole number, not a fraction"}},
      {"mem = 15", {"x.toml:3:7: 'mem' must be from 16 to 16777216"}},
      {"mem = '1G'", {"x.toml:3:7: 'mem' must be a whole number, not a string"}},
      {"vsock = 3", {"x.toml:3:9: 'vsock' must be a table, not a whole number"}},
      {"vsock.cid = 2", {"x.toml:3:13: 'cid' must be from 3 to 4294967294"}},
      {"vsock.cid = 4294967295", {"x.toml:3:13: 'cid' must be from 3 to 4294967294"}},
      {"vsock.id = 3", {"x.toml:3:7: unknown key 'id' in [vms.a.vsock] (did you mean 'cid'?)"}},
      {"initrd = ''", {"x.toml:3:10: 'initrd' is empty"}},
      {"program = \"a\\u0000\"", {"x.toml:3:11: 'program' must not contain control characters"}},
      {"kernel_params = 'quiet'", {"x.toml:3:17: 'kernel_params' must be an array of strings, not a string"}},
      {"kernel_params = [\"a\\nb\"]",
       {"x.toml:3:18: an element of 'kernel_params' must not contain control characters"}},
      {"extra_args = ['-smbios', 'type=11,value=io.systemd.credential:A=b']",
       {"x.toml:3:14: 'extra_args' must not carry a credential: command lines are world-readable"}},
      {"extra_args = ['name=opt/io.systemd.credentials/A,string=b']",
       {"x.toml:3:14: 'extra_args' must not carry a credential: command lines are world-readable"}},
      {"kernel_params = ['systemd.set_credential=A:b']",
       {"x.toml:3:17: 'kernel_params' must not carry a credential: command lines are world-readable"}},
      {"kernel_params = ['systemd.set_credential_binary=A:Yg==']",
       {"x.toml:3:17: 'kernel_params' must not carry a credential: command lines are world-readable"}},
      {"user = 'a b'", {"x.toml:3:8: 'user' must be a user name of at most 31 characters"}},
      {"guest.systemd = 252"},
      {"guest.systemd = 251", {"x.toml:3:17: 'systemd' must be from 252 to 999"}},
      {"guest.systemd = 'nome'",
       {"x.toml:3:17: 'systemd' must be a version number or \"none\", not another string"}},
      {"guest.systemd = true",
       {"x.toml:3:17: 'systemd' must be a version number or \"none\", not a boolean"}},
      {"transport = 'fwcfg'", {"x.toml:3:13: unknown transport 'fwcfg' (did you mean 'fw_cfg'?)"}},
      {"allow_swap = 1", {"x.toml:3:14: 'allow_swap' must be a boolean, not a whole number"}},
      {"secrts.a = { path = '/x' }",
       {"x.toml:3:1: unknown key 'secrts' in [vms.a] (did you mean 'secrets'?)"}},
      {"[vms.b]\nkernel='k'\nvsock.cid=9\n[vms.c]\nkernel='k'\nvsock.cid=9",
       {"x.toml:6:6: vms 'b' and 'c' have the same 'vsock.cid' 9"}},
  };
  check(k_smallest_vm, rows);
}

TEST(DecodeVm, FindsMistakesInTheService) {
  const Row rows[] = {
      {"autostart = false\nstart_timeout = 1\nstop_timeout = 3600\nmachined = true\ndeliver = 'encrypted'"},
      {"autostart = 'no'", {"x.toml:3:13: 'autostart' must be a boolean, not a string"}},
      {"start_timeout = 0", {"x.toml:3:17: 'start_timeout' must be from 1 to 3600"}},
      {"stop_timeout = 3601", {"x.toml:3:16: 'stop_timeout' must be from 1 to 3600"}},
      {"deliver = 'encripted'", {"x.toml:3:11: unknown deliver 'encripted' (did you mean 'encrypted'?)"}},
      {"vsock = { cid = 3, device = 'vhost' }"},
      {"vsock.device = 'vhost'", {"x.toml:3:16: 'vsock.device' needs 'vsock.cid'"}},
      {"vsock = { cid = 3, device = 'user' }", {"x.toml:3:29: unknown device 'user'"}},
  };
  check(k_smallest_vm, rows);
}

TEST(DecodeHost, FindsMistakes) {
  const Row rows[] = {
      {"host = { wait_for_secrets = 60, identity_encrypted = '/x' }"},
      {"host = 1", {"x.toml:1:8: 'host' must be a table, not a whole number"}},
      {"host.wait_for_secrets = 61", {"x.toml:1:25: 'wait_for_secrets' must be from 0 to 60"}},
      {"host.identity = '/x'", {"x.toml:1:6: unknown key 'identity' in [host]"}},
  };
  check("", rows);
}

TEST(DecodeSecret, ChecksWhatRotates) {
  constexpr std::string_view k_whom =
      "'rotate' is for secrets of 'random' or 'generator', which vmcred can make anew";
  constexpr std::string_view k_text =
      "'rotate' must be a calendar expression, like \"monthly\" or \"Sun 03:00\"";
  const Row rows[] = {
      {"secrets.k = { random = 'hex:8', rotate = '*-*~3..1 00:00:00 UTC' }"},
      {"secrets.k = { path = '/x', rotate = 'monthly' }", {concat("x.toml:3:37: ", k_whom)}},
      {"secrets.k = { encrypted = '/x', rotate = 'monthly' }", {concat("x.toml:3:42: ", k_whom)}},
      {"secrets.k = { random = 'hex:8', rotate = 'monthly; x' }", {concat("x.toml:3:42: ", k_text)}},
      {"secrets.k = { random = 'hex:8', rotate = '%h' }", {concat("x.toml:3:42: ", k_text)}},
      {"secrets.k = { random = 'hex:8', rotate = ' daily' }", {concat("x.toml:3:42: ", k_text)}},
      {"secrets.k = { random = 'hex:8', rotate = '' }", {"x.toml:3:42: 'rotate' is empty"}},
  };
  check(k_smallest_vm, rows);
}

// R69, W15: what systemd can't carry is found before it fails.
TEST(DecodeSecret, KeepsToWhatAUnitCanHave) {
  const std::string long_name(83 - std::string_view("microvm@a.service").size() - 5, 'n');
  const auto head = [](std::string_view name) { return concat("secrets.", name); };
  std::string many;
  for (int i = 0; i < 257; ++i) many += concat("secrets.s", i, " = { path = '/x' }\n");
  std::string large;
  for (int i = 0; i < 12; ++i) large += concat("secrets.s", i, " = { random = 'base64:65536' }\n");
  const Row rows[] = {
      {concat(head(long_name), " = { random = 'hex:8' }")},
      {concat(head(long_name + "n"), " = { path = '/x' }")},
      {concat("deliver = 'encrypted'\n", head(long_name + "n"), " = { random = 'hex:8' }")},
      {concat(head(long_name + "n"), " = { random = 'hex:8' }"),
       {concat("x.toml:3:1: the names 'microvm@a.service' and 'host-", long_name,
               "n' have more than 83 characters together, which systemd can't ask the provider for")}},
      {concat(head(std::string(250, 'n')), " = { path = '/x' }")},
      {concat("deliver = 'encrypted'\n", head(std::string(231, 'n')),
              " = { random = 'hex:8', rotate = 'daily' }")},
      {concat("deliver = 'encrypted'\n", head(std::string(232, 'n')),
              " = { random = 'hex:8', rotate = 'daily' }"),
       {concat("x.toml:4:1: secret '", std::string(232, 'n'),
               "' has a name too long for the unit that would rotate it")}},
      {many, {"x.toml:3:1: [vms.a] has 257 secrets, systemd gives a unit at most 256"}},
      {large,
       {"x.toml:3:1: the secrets of [vms.a] have at least 1,048,694 bytes, systemd gives a unit at most "
        "1,048,576 bytes"}},
  };
  check(k_smallest_vm, rows);
}

TEST(DecodeVm, FindsMistakesInTheName) {
  constexpr std::string_view k_rule =
      " must be at most 63 lower-case letters, digits and single hyphens, like 'test-vm'";
  const Row rows[] = {
      {"vms.a-23456789a123456789abc.kernel = 'k'"},
      {"vms.Web.kernel = 'k'", {concat("x.toml:1:5: vm name 'Web'", k_rule)}},
      {"vms.a--b.kernel = 'k'", {concat("x.toml:1:5: vm name 'a--b'", k_rule)}},
      {"vms.a-23456789a123456789abcd.kernel = 'k'",
       {"x.toml:1:5: the user 'microvm-a-23456789a123456789abcd' would be longer than 31 characters"}},
      {"vms.a-23456789a123456789abcd = { kernel = 'k', user = 'short' }"},
      {"[vms.a]", {"x.toml:1:6: [vms.a] needs 'kernel'"}},
      {"vms.a = 'k'", {"x.toml:1:9: 'a' must be a table, not a string"}},
  };
  check("", rows);
}

TEST(DecodeSecret, FindsMistakes) {
  const Row rows[] = {
      {"secrets.k = { path = 'relative' }"},
      {"secrets.K = { path = '/x' }",
       {"x.toml:3:9: secret name 'K' must be lower-case letters, digits and single hyphens, like 'api-key'"}},
      {"secrets.k = {}", {"x.toml:3:9: 'k' needs one of 'path', 'random', 'generator' and 'encrypted'"}},
      {"secrets.k = { path = '/x', random = 'hex:1' }", {"x.toml:3:37: 'k' has both 'path' and 'random'"}},
      {"secrets.k = { path = '' }", {"x.toml:3:22: 'path' is empty"}},
      {"secrets.k = { path = '/x', file = 'k' }", {"x.toml:3:35: 'file' needs 'generator'"}},
      {"secrets.k = { pth = '/x' }",
       {"x.toml:3:9: 'k' needs one of 'path', 'random', 'generator' and 'encrypted'",
        "x.toml:3:15: unknown key 'pth' in [vms.a.secrets.k] (did you mean 'path'?)"}},
      {"secrets.k = { path = '/x', allow_empty = 'yes' }",
       {"x.toml:3:42: 'allow_empty' must be a boolean, not a string"}},
      {"secrets.k = { path = '/x', credential = 'A:B' }", {"x.toml:3:41: 'credential' contains ':'"}},
      {"secrets.k = { path = '/x', credential = '' }", {"x.toml:3:41: 'credential' is empty"}},
      {"secrets.k = { path = '/x', credential = '..' }", {"x.toml:3:41: 'credential' is a directory's"}},
  };
  check(k_smallest_vm, rows);
}

TEST(DecodeSecret, ChecksRandom) {
  constexpr std::string_view k_form = "x.toml:3:24: 'random' must be ENCODING:BYTES, like \"base64:32\"";
  constexpr std::string_view k_range = "x.toml:3:24: the number in 'random' must be from 1 to 65536";
  for (const char* good : {"base64:1", "hex:65536", "raw:32", "alphanumeric:9"})
    EXPECT_TRUE(findings("x.toml", concat(k_smallest_vm, "secrets.k = { random = '", good, "' }")).empty())
        << good;
  for (const char* bad : {"base64", "32", "base46:32", ":32", "BASE64:32"})
    EXPECT_EQ(findings("x.toml", concat(k_smallest_vm, "secrets.k = { random = '", bad, "' }")).at(0), k_form)
        << bad;
  for (const char* bad :
       {"hex:0", "hex:", "hex:-1", "hex:+1", "hex:65537", "hex:032", "hex:1 ", "hex:99999999999999999999"})
    EXPECT_EQ(findings("x.toml", concat(k_smallest_vm, "secrets.k = { random = '", bad, "' }")).at(0),
              k_range)
        << bad;
}

TEST(DecodeSecret, ChecksGenerators) {
  constexpr std::string_view k_head =
      "[generators.made]\nfiles.api-key = {}\nfiles.public = { secret = false }\n[vms.a]\nkernel = "
      "'k'\n";  // five lines
  const Row rows[] = {
      {"secrets.api-key = { generator = 'made' }"},
      {"secrets.k = { generator = 'made', file = 'api-key' }"},
      {"secrets.api-key = { generator = 'maed' }",
       {"x.toml:6:33: 'generator' names none of this config's generators (did you mean 'made'?)"}},
      {"secrets.api-kee = { generator = 'made' }",
       {"x.toml:6:33: 'api-kee' names no file of generator 'made' (did you mean 'api-key'?)"}},
      {"secrets.k = { generator = 'made', file = 'apikey' }",
       {"x.toml:6:42: 'file' names no file of generator 'made' (did you mean 'api-key'?)"}},
      {"secrets.public = { generator = 'made' }",
       {"x.toml:6:32: file 'public' of generator 'made' is not secret (secret = false)"}},
      {"secrets.k = { generator = 1 }", {"x.toml:6:27: 'generator' must be a string, not a whole number"}},
  };
  check(k_head, rows);
}

TEST(DecodeStatic, FindsMistakes) {
  const Row rows[] = {
      {"static.A = ''\nstatic.b = { value = 'x' }"},
      {"static.'a/b' = 'x'", {"x.toml:3:8: credential name 'a/b' contains '/'"}},
      {"static.A = ['hunter2']", {"x.toml:3:12: 'A' must be a string or a table, not an array"}},
      {"static.A = { privileged = true }", {"x.toml:3:8: [vms.a.static.A] needs 'value'"}},
      {"static.A = { value = 1 }", {"x.toml:3:22: 'value' must be a string, not a whole number"}},
  };
  check(k_smallest_vm, rows);
}

TEST(ClaimedNames, KeepsOneNameForOneEntry) {
  const Row rows[] = {
      {"secrets.a-b = { path = '/x' }\nstatic.A_B = 'x'",
       {"x.toml:4:8: 'static.A_B' and 'secrets.a-b' (line 3, column 9) both become the credential 'A_B'"}},
      {"static.X = 'x'\nsecrets.a = { path = '/x', credential = 'X' }",
       {"x.toml:4:9: 'secrets.a' and 'static.X' (line 3, column 8) both become the credential 'X'"}},
      {"secrets.a = { path = '/x' }\nstatic.a = 'x'"},
      {"static.'vmcred.manifest' = 'x'", {"x.toml:3:8: credential 'vmcred.manifest' is reserved for vmcred"}},
      {"secrets.a = { path = '/x', credential = 'vmcred.manifest', privileged = true }",
       {"x.toml:3:9: credential 'vmcred.manifest' is reserved for vmcred"}},
      {"secrets.a = { path = '/x', credential = 'ssh.authorized_keys.root' }",
       {"x.toml:3:9: credential 'ssh.authorized_keys.root' gives control over the guest"}},
      {"secrets.a = { path = '/x', credential = 'ssh.authorized_keys.root', privileged = true }"},
      {"static.'firstboot.locale' = 'C'",
       {"x.toml:3:8: credential 'firstboot.locale' gives control over the guest"}},
      {"static.'firstboot.locale' = { value = 'C', privileged = true }"},
      {"static.A = 'x'\n[vms.b]\nkernel = 'k'\nstatic.A = 'x'"},
  };
  check(k_smallest_vm, rows);
}

TEST(Findings, NeverRepeatWhatMayBeASecret) {
  const char* const texts[] = {
      "secrets.k = 'hunter2'",
      "secrets.k = { path = ['hunter2'] }",
      "secrets.k = { random = 'hunter2' }",
      "secrets.k = { random = 'hex:hunter2' }",
      "secrets.k = { generator = 'hunter2' }",
      "secrets.k = { path = '/x', credential = 'hunter2/' }",
      "secrets.k = { value = 'hunter2' }",
      "secrets.k = hunter2",
      "secrets.k = { value = \"hunter2\\q\" }",
      "secrets = 'hunter2'",
      "static.A = { vlaue = 'hunter2' }",
      "static.A = { value = ['hunter2'] }",
      "static.A = 'hunter2",
      "extra_args = ['io.systemd.credential:A=hunter2']",
      "pre_start = ['io.systemd.credential:A=hunter2']",
      "shares = [{ tag = 't', source = '/s', virtiofsd_args = ['io.systemd.credential:A=hunter2'] }]",
  };
  for (const char* text : texts) {
    const auto config = parse("x.toml", concat(k_smallest_vm, text));
    ASSERT_FALSE(config) << text;
    for (const auto& finding : findings("x.toml", concat(k_smallest_vm, text)))
      EXPECT_EQ(finding.find("hunter2"), std::string::npos) << finding;
    EXPECT_EQ(config.error().hint.find("hunter2"), std::string::npos) << text;
  }
}

TEST(Findings, CarryHints) {
  const std::pair<const char*, const char*> rows[] = {
      {"secrets.k = { path = '/x', credential = 'passwd.x' }",
       "add 'privileged = true' to this entry if that is meant"},
      {"machine = 'q36'", "choose one of: q35, pc, microvm"},
      {"secrets.k = 'x'",
       "name a source: { path = … }, { random = … }, { generator = … } or { encrypted = … }"},
  };
  for (const auto& [text, hint] : rows)
    EXPECT_EQ(parse("x.toml", concat(k_smallest_vm, text)).error().hint, hint) << text;
}

}  // namespace
}  // namespace vmcred::config
