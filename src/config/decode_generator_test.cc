// SPDX-License-Identifier: Apache-2.0
// Generators: each row is one mistake and the exact sentences that it brings.
#include "config/test_rows.h"

namespace vmcred::config {
namespace {

using base::concat;

TEST(DecodeGenerator, FindsMistakes) {
  const Row rows[] = {
      {"[generators.'0.a_b-c']\nfiles.'tls.key' = { mode = '0640' }"},
      {"[generators.A]\nfiles.x = {}",
       {"x.toml:1:13: generator name 'A' must be lower-case letters, digits, '.', '_' and '-', and begin "
        "with a letter "
        "or digit"}},
      {"[generators.a]\nfiles.'../x' = {}",
       {"x.toml:2:7: file name '../x' must be lower-case letters, digits, '.', '_' and '-', and begin with a "
        "letter or "
        "digit"}},
      {"[generators.a]\nscript = ''", {"x.toml:1:13: [generators.a] needs at least one file"}},
      {"[generators.a]\nfiles = {}", {"x.toml:2:9: [generators.a] needs at least one file"}},
      {"[generators.a]\nfiles = []", {"x.toml:2:9: 'files' must be a table, not an array"}},
      {"[generators.a]\nfiles.x = true", {"x.toml:2:11: 'x' must be a table, not a boolean"}},
      {"[generators.a]\nfiles.x = { secret = 'no' }",
       {"x.toml:2:22: 'secret' must be a boolean, not a string"}},
      {"[generators.a]\nfiles.x = { owner = 'a b' }",
       {"x.toml:2:21: 'owner' is not a valid name of a user or group"}},
      {"[generators.a]\nfiles.x = { mode = 0400 }",
       {"x.toml:2:24: syntax error in decimal integer: leading zeroes are prohibited"}},
      {"[generators.a]\nfiles.x = { mode = 400 }",
       {"x.toml:2:20: 'mode' must be a string, not a whole number"}},
      {"[generators.a]\nfiles.x = { mode = '0488' }",
       {"x.toml:2:20: 'mode' must be an octal file mode, like \"0400\""}},
      {"[generators.a]\nfiles.x = { mode = '4755' }",
       {"x.toml:2:20: 'mode' must be an octal file mode, like \"0400\""}},
      {"[generators.a]\nfiles.x = { mdoe = '0400' }",
       {"x.toml:2:13: unknown key 'mdoe' in [generators.a.files.x] (did you mean 'mode'?)"}},
      {"generators = 3", {"x.toml:1:14: 'generators' must be a table, not a whole number"}},
      {"generators.a = 3", {"x.toml:1:16: 'a' must be a table, not a whole number"}},
  };
  check("", rows);
}

TEST(DecodeGenerator, FindsMistakesInItsOptions) {
  const Row rows[] = {
      {"validation = 'x'\nmachines = ['A_1-b']\nruntime_inputs = ['openssl', '/opt/bin']"},
      {"runtimeInputs = []",
       {"x.toml:3:1: unknown key 'runtimeInputs' in [generators.a] (did you mean 'runtime_inputs'?)"}},
      {"runtime_inputs = ['opt/bin']",
       {"x.toml:3:18: 'opt/bin' is neither an absolute folder nor the bare name of a program"}},
      {"machines = ['a.b']", {"x.toml:3:12: 'a.b' is not a valid name of a machine"}},
      {"validation = 1.5",
       {"x.toml:3:14: 'validation' must be a boolean, a whole number, a string, or tables of those (at most "
        "two "
        "in each other) and arrays of those"}},
      {"validation = { a = { b = { c = 1 } } }",
       {"x.toml:3:14: 'validation' must be a boolean, a whole number, a string, or tables of those (at most "
        "two "
        "in each other) and arrays of those"}},
      {"validation = [[1]]",
       {"x.toml:3:14: 'validation' must be a boolean, a whole number, a string, or tables of those (at most "
        "two "
        "in each other) and arrays of those"}},
      {"prompts.p = { type = 'hiden' }", {"x.toml:3:22: unknown type 'hiden' (did you mean 'hidden'?)"}},
      {"prompts.P = {}",
       {"x.toml:3:9: prompt name 'P' must be lower-case letters, digits, '.', '_' and '-', and begin with a "
        "letter or digit"}},
      {"prompts.p = { display.lable = 'x' }",
       {"x.toml:3:23: unknown key 'lable' in [generators.a.prompts.p.display] (did you mean 'label'?)"}},
      {"prompts.p = { persist = 1 }", {"x.toml:3:25: 'persist' must be a boolean, not a whole number"}},
      {"files.u = { needed_for = 'user' }",
       {"x.toml:3:26: unknown needed_for 'user' (did you mean 'users'?)"}},
      {"files.u = { restart_units = ['nginx'] }",
       {"x.toml:3:29: 'nginx' is not the name of a unit, like 'nginx.service'"}},
      {"prompts.p = { persist = true }\nfiles.p.kind = 'uuid'",
       {"x.toml:4:7: file 'p' has a kind, and is the answer to a prompt that persists as well"}},
  };
  check("[generators.a]\nfiles.x = {}\n", rows);
  EXPECT_TRUE(findings("x.toml", "[generators.a]\nprompts.p.persist = true").empty());
  EXPECT_FALSE(findings("x.toml", "[generators.a]\nprompts.p.persist = false").empty());
}

TEST(DecodeKind, FindsMistakes) {
  const Row rows[] = {
      {"files.f.kind = 'base64:32'"},
      {"files.f.kind = 'bas64:32'", {"x.toml:2:16: unknown kind 'bas64' (did you mean 'base64'?)"}},
      {"files.f.kind = 'base64'", {"x.toml:2:16: kind 'base64' must have a size from 1 to 65536"}},
      {"files.f.kind = 'hex:0'", {"x.toml:2:16: kind 'hex' must have a size from 1 to 65536"}},
      {"files.f.kind = 'raw:'", {"x.toml:2:16: kind 'raw' must have a size from 1 to 65536"}},
      {"files.f.kind = 'uuid:4'", {"x.toml:2:16: kind 'uuid' has no size"}},
      {"files.f.kind = 'age-public'", {"x.toml:2:7: [generators.a.files.f] needs 'of'"}},
      {"files.f = { kind = 'uuid', of = 'x' }",
       {"x.toml:2:33: 'of' is for kinds that follow from another file only"}},
      {"files.f = { of = 'x' }", {"x.toml:2:18: 'of' is for kinds that follow from another file only"}},
      {"files.f = { kind = 'uuid', days = 3 }", {"x.toml:2:35: 'days' is for kind 'tls-certificate' only"}},
      {"files.f = { algorithm = 'p256' }", {"x.toml:2:25: 'algorithm' is for kind 'tls-key' only"}},
      {"files.f = { kind = 'tls-key', algorithm = 'rsa' }", {"x.toml:2:43: unknown algorithm 'rsa'"}},
      {"files.key.kind = 'age'\nfiles.f = { kind = 'age-public', of = 'kee' }",
       {"x.toml:3:7: file 'f' follows from 'kee', which is no file of [generators.a] (did you mean 'key'?)"}},
      {"files.key.kind = 'age'\nfiles.f = { kind = 'wireguard-public', of = 'key' }",
       {"x.toml:3:7: file 'f' of kind 'wireguard-public' can't follow from one of kind 'age'"}},
      {"files.key = {}\nfiles.f = { kind = 'wireguard-public', of = 'key' }"},
      {"files.f = { kind = 'password-hash', of = 'f' }",
       {"x.toml:2:7: file 'f' of kind 'password-hash' can't follow from one of kind 'password-hash'"}},
  };
  check("[generators.a]\n", rows);
}

TEST(DecodeKind, ChecksCertificates) {
  const Row rows[] = {
      {"common_name = 'x'"},
      {"", {"x.toml:5:24: [generators.leaf.files.cert] needs 'common_name'"}},
      {"common_name = 'x'\nsubject_alternative_names = ['a b']",
       {"x.toml:9:29: 'a b' is neither a host name nor an IP address"}},
      {"common_name = 'x'\ndays = 0", {"x.toml:9:8: 'days' must be from 1 to 36500"}},
      {"common_name = 'x'\nissuer = 'bsae'",
       {"x.toml:2:13: file 'cert': issuer 'bsae' is not among the dependencies of 'leaf' (did you mean "
        "'base'?)"}},
      {"common_name = 'x'\nissuer = 'base'",
       {"x.toml:2:13: file 'cert': issuer 'base' has no file of kind 'tls-certificate' with 'ca = true'"}},
  };
  check(
      "generators.base.files.x = {}\n[generators.leaf]\ndependencies = ['base']\nfiles.key.kind = 'tls-key'\n"
      "[generators.leaf.files.cert]\nkind = 'tls-certificate'\nof = 'key'\n",
      rows);
}

TEST(DecodeGenerator, SharedOnesDependOnSharedOnesOnly) {
  const Row rows[] = {
      {"[generators.a]\nshare = true\nfiles.x = {}\n[generators.b]\ndependencies = ['a']\nfiles.x = {}"},
      {"[generators.a]\nfiles.x = {}\n[generators.b]\nshare = true\ndependencies = ['a']\nfiles.x = {}",
       {"x.toml:5:17: shared generator 'b' can't depend on 'a', which is made for each machine"}},
  };
  check("", rows);
}

TEST(DecodeGenerator, ChecksDependencies) {
  const auto generators = [](std::string_view a, std::string_view b, std::string_view c) {
    return concat("[generators.alpha]\nfiles.x = {}\ndependencies = [", a,
                  "]\n[generators.beta]\nfiles.x = {}\ndependencies = [", b,
                  "]\n[generators.gamma]\nfiles.x = {}\ndependencies = [", c, "]\n");
  };
  const Row rows[] = {
      {generators("", "'alpha'", "'alpha', 'beta'")},
      {generators("'betta'", "", ""),
       {"x.toml:3:17: no generator 'betta' to depend on (did you mean 'beta'?)"}},
      {generators("'alpha'", "", ""), {"x.toml:1:13: generators depend on each other: 'alpha' -> 'alpha'"}},
      {generators("'beta'", "'gamma'", "'beta'"),
       {"x.toml:4:13: generators depend on each other: 'beta' -> 'gamma' -> 'beta'"}},
      {generators("'beta'", "'alpha'", "'gamma'"),
       {"x.toml:1:13: generators depend on each other: 'alpha' -> 'beta' -> 'alpha'",
        "x.toml:7:13: generators depend on each other: 'gamma' -> 'gamma'"}},
      {generators("1", "", ""),
       {"x.toml:3:17: 'dependencies' must be an array of strings, this is a whole number"}},
  };
  check("", rows);
}

TEST(DecodeGenerator, FollowsALongChainOfDependencies) {
  std::string text;
  for (int i = 0; i < 15'000; ++i)
    text += concat("[generators.g", i, "]\nfiles.x={}\ndependencies=['g", i + 1, "']\n");
  EXPECT_TRUE(findings("x.toml", text + "[generators.g15000]\nfiles.x={}\n").empty());
}

}  // namespace
}  // namespace vmcred::config
