// SPDX-License-Identifier: Apache-2.0
// With the real bubblewrap. Each script tells through its files or its exit code what it could see and do.
#include "vars/sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include "base/scope_exit.h"
#include "base/text.h"
#include "support/child.h"
#include "support/temporary_directory.h"
#include "vars/runtime_inputs.h"

namespace vmcred::vars {
namespace {

using base::concat;
using test_support::bytes_of;
using test_support::text_of;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

struct Ran {
  base::Result<ScriptResult> result;
  std::vector<std::string> lines;
};

Ran run(ScriptJob job) {
  std::vector<std::string> lines;
  auto result = run_script(job, [&](std::string_view line) { lines.emplace_back(line); });
  return {.result = std::move(result), .lines = std::move(lines)};
}

Ran run(std::string_view script, std::vector<std::string> expected = {}) {
  ScriptJob job;
  job.script = script;
  job.expected = std::move(expected);
  return run(std::move(job));
}

// The file "x" that the script writes, or what went wrong.
std::string x_of(std::string_view script) {
  const Ran ran = run(script, {"x"});
  if (!ran.result) return concat("error: ", ran.result.error().what);
  return text_of(ran.result->files.at(0).value.bytes());
}

TEST(Sandbox, BringsBackEveryByte) {
  EXPECT_EQ(x_of("for i in {0..255}; do printf \"\\\\x$(printf %02x $i)\"; done > \"$out/x\""),
            test_support::all_bytes());
}

TEST(Sandbox, GivesInputsPromptsAndFilesThatAreMade) {
  ScriptJob job;
  job.script = "cat \"$in/ca/key\" \"$prompts/name\" \"$out/made\" > \"$out/x\"";
  const std::string key = "K" + test_support::all_bytes();
  job.inputs = {{.generator = "ca", .files = {{"key", bytes_of(key)}, {"cert", bytes_of("C")}}}};
  job.prompts = {{"name", bytes_of("N")}};
  job.made = {{"made", bytes_of("M")}};
  job.expected = {"x", "made"};
  const Ran ran = run(std::move(job));
  ASSERT_TRUE(ran.result) << ran.result.error().what;
  EXPECT_EQ(text_of(ran.result->files.at(0).value.bytes()), key + "NM");
  EXPECT_EQ(text_of(ran.result->files.at(1).value.bytes()), "M");
}

TEST(Sandbox, InheritsNoEnvironment) {
  ::setenv("SOPS_AGE_KEY", "AGE-SECRET-KEY-CANARY", 1);
  const base::ScopeExit unset([] { ::unsetenv("SOPS_AGE_KEY"); });
  const std::string seen = x_of("env > \"$out/x\"; cat /proc/*/environ >> \"$out/x\"");
  EXPECT_THAT(seen, testing::Not(HasSubstr("CANARY")));
  EXPECT_THAT(seen, HasSubstr("PATH="));
}

TEST(Sandbox, ShowsNoProcessOfTheHost) {
  const std::string seen = x_of("ls -d /proc/[0-9]* | wc -l > \"$out/x\"");
  EXPECT_LT(std::stoi(seen), 8) << seen;
  EXPECT_EQ(
      x_of(concat("if [ -e /proc/", ::getpid(), "/environ ]; then echo seen; else echo no; fi > $out/x")),
      "no\n");
}

TEST(Sandbox, HasNoNetwork) {
  EXPECT_EQ(x_of("tail -n +3 /proc/net/dev | grep -v lo: > \"$out/x\" || true; echo end >> \"$out/x\""),
            "end\n");
}

TEST(Sandbox, ShowsNoFileOfTheHostButPrograms) {
  const test_support::TemporaryDirectory directory;
  directory.write("secret", "hidden", 0644);
  EXPECT_EQ(
      x_of(concat("cat ", directory.path("secret"), " > $out/x 2>/dev/null || echo hidden-from-us > $out/x")),
      "hidden-from-us\n");
  EXPECT_EQ(x_of("cat /etc/shadow > $out/x 2>/dev/null || echo none > $out/x"), "none\n");
  EXPECT_EQ(x_of("ls -A /home /root /var /sys > $out/x 2>/dev/null || echo none > $out/x"), "none\n");
}

TEST(Sandbox, InputsAreReadOnly) {
  ScriptJob job;
  job.script =
      "for place in \"$in/a/key\" \"$in/new\" \"$prompts/p\" /script /new /etc/passwd /usr/new /dev/new; do\n"
      "  if { echo changed > \"$place\"; } 2>/dev/null; then echo \"$place\"; fi\n"
      "done > \"$out/x\"\n"
      "echo end >> \"$out/x\"";
  job.inputs = {{.generator = "a", .files = {{"key", bytes_of("k")}}}};
  job.prompts = {{"p", bytes_of("k")}};
  job.expected = {"x"};
  const Ran ran = run(std::move(job));
  ASSERT_TRUE(ran.result) << ran.result.error().what;
  EXPECT_EQ(text_of(ran.result->files.at(0).value.bytes()), "end\n");
}

TEST(Sandbox, WritesOnlyToMemoryThatIsNotSwapped) {
  // The types of the file systems that a script may write to.
  const std::string seen = x_of("for p in /tmp /out; do stat -f -c %T $p; done > $out/x");
  EXPECT_TRUE(seen == "tmpfs\ntmpfs\n" || seen == "ramfs\nramfs\n") << seen;
  EXPECT_EQ(
      x_of("grep -E ' (/|/dev) ' /proc/self/mounts | grep -v -E '[ ,]ro[, ]' > $out/x || echo none > $out/x"),
      "none\n");
  const std::string mounts = x_of("cat /proc/self/mounts > $out/x");
  if (mounts.find("tmpfs /out") != std::string::npos) {
    EXPECT_THAT(mounts, testing::ContainsRegex("tmpfs /out tmpfs [^\n]*noswap"));
  }
}

TEST(Sandbox, LeavesNoTraceOnTheHost) {
  const std::string mounts = test_support::read_file("/proc/self/mountinfo");
  const test_support::TemporaryDirectory directory;
  ::setenv("TMPDIR", directory.path().c_str(), 1);
  const base::ScopeExit unset([] { ::unsetenv("TMPDIR"); });
  EXPECT_EQ(x_of("echo secret | tee /tmp/y > $out/x"), "secret\n");
  EXPECT_TRUE(directory.names().empty());
  EXPECT_EQ(test_support::read_file("/proc/self/mountinfo"), mounts);
}

TEST(Sandbox, FollowsNoLinkThatAScriptLeaves) {
  EXPECT_EQ(x_of("ln -s /etc/hostname $out/x"), "error: the script left a symbolic link as file 'x'");
  EXPECT_EQ(x_of("ln -s /nowhere $out/x"), "error: the script left a symbolic link as file 'x'");
}

TEST(Sandbox, TakesOnlyRegularFilesOfAReasonableSize) {
  EXPECT_EQ(x_of("mkfifo $out/x"), "error: the script left something that is not a regular file as file 'x'");
  EXPECT_EQ(x_of("mkdir $out/x"), "error: the script left something that is not a regular file as file 'x'");
  EXPECT_EQ(x_of(": > $out/x"), "error: the script left nothing as file 'x'");
  EXPECT_EQ(x_of("head -c 1048577 /dev/zero > $out/x"),
            "error: the script left more than 1,048,576 bytes as file 'x'");
  EXPECT_EQ(x_of("head -c 1048576 /dev/zero > $out/x").size(), 1048576U);
}

TEST(Sandbox, NamesTheFileThatIsMissing) {
  const Ran ran = run("echo 1 > $out/api-kee", {"api-key"});
  ASSERT_FALSE(ran.result);
  EXPECT_EQ(ran.result.error().kind, base::ErrorKind::credential);
  EXPECT_EQ(ran.result.error().what, "the script left no file 'api-key' (did you mean 'api-kee'?)");
  EXPECT_EQ(ran.result.error().hint, "write it to \"$out/api-key\"; there is: api-kee");
}

TEST(Sandbox, TellsOfExtraFiles) {
  const Ran ran = run("echo 1 > $out/x; echo 2 > $out/b; mkdir $out/a", {"x"});
  ASSERT_TRUE(ran.result);
  EXPECT_THAT(ran.result->extra, ElementsAre("a", "b"));
}

TEST(Sandbox, StopsAtTheFirstCommandThatFails) {
  EXPECT_EQ(x_of("false\necho 1 > $out/x"), "error: the script failed with exit code 1");
  EXPECT_EQ(x_of("echo $undefined > $out/x"), "error: the script failed with exit code 1");
  EXPECT_EQ(x_of("exit 42"), "error: the script failed with exit code 42");
  EXPECT_EQ(x_of("no-such-program"), "error: the script failed with exit code 127");
  EXPECT_EQ(x_of("kill -9 $$"), "error: the script ended by signal 9");
}

TEST(Sandbox, TakesTheUsualWayToMakeAPassword) {
  EXPECT_EQ(x_of("tr -dc a-z </dev/urandom | head -c 32 > $out/x").size(), 32U);
}

TEST(Sandbox, PassesOutputOnLineByLine) {
  const Ran ran = run("echo one; echo two >&2; printf '\\033[31mthree'; echo 1 > $out/x", {"x"});
  ASSERT_TRUE(ran.result);
  EXPECT_THAT(ran.lines, ElementsAre("one", "two", "\\x1b[31mthree"));
}

TEST(Sandbox, HasNoInput) { EXPECT_EQ(x_of("{ cat; echo end; } > $out/x"), "end\n"); }

TEST(Sandbox, EndsAScriptThatHangs) {
  ScriptJob job;
  job.script = "sleep 1000 & sleep 1000";
  job.time_limit = std::chrono::milliseconds(300);
  const Ran ran = run(std::move(job));
  ASSERT_FALSE(ran.result);
  EXPECT_EQ(ran.result.error().what, "the script: takes longer than 1 seconds");
}

TEST(Sandbox, EndsAScriptThatNeverStopsPrinting) {
  ScriptJob job;
  job.script = "while :; do echo x; done";
  job.time_limit = std::chrono::milliseconds(300);
  const Ran ran = run(std::move(job));
  ASSERT_FALSE(ran.result);
  EXPECT_EQ(ran.result.error().what, "the script: takes longer than 1 seconds");
}

TEST(Sandbox, IsAloneWithTheFilesInTheEnd) {
  // What runs on in the background is gone, and does not hold the run up.
  EXPECT_EQ(x_of("echo 1 > $out/x; (sleep 100; echo 2 > $out/x) & disown"), "1\n");
}

TEST(Sandbox, FindsRuntimeInputs) {
  const test_support::TemporaryDirectory directory;
  directory.make_directory("bin");
  directory.write("bin/my-tool", "#!/bin/sh\necho tool\n", 0755);
  ScriptJob job;
  const std::vector<std::string> inputs = {directory.path("bin"), "bash"};
  job.runtime_inputs = inputs;
  job.script = "my-tool > $out/x";
  job.expected = {"x"};
  const Ran ran = run(std::move(job));
  ASSERT_TRUE(ran.result) << ran.result.error().what;
  EXPECT_EQ(text_of(ran.result->files.at(0).value.bytes()), "tool\n");
}

TEST(Sandbox, NamesARuntimeInputThatIsNotThere) {
  const std::vector<std::string> program = {"no-such-program"};
  EXPECT_EQ(find_program_folders(program).error().what,
            "runtime input 'no-such-program' is no program in $PATH");
  const std::vector<std::string> folder = {"/no/such/folder"};
  EXPECT_EQ(find_program_folders(folder).error().what, "runtime input /no/such/folder is not a folder");
}

TEST(Sandbox, TellsWhenBubblewrapIsMissing) {
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", "/nowhere", 1);
  const base::ScopeExit restore([&] { ::setenv("PATH", path.c_str(), 1); });
  const Ran ran = run("true");
  ASSERT_FALSE(ran.result);
  EXPECT_EQ(ran.result.error().kind, base::ErrorKind::host);
  EXPECT_EQ(ran.result.error().what, "no program 'bwrap' in $PATH, which generator scripts run in");
}

TEST(Sandbox, TellsWhatBubblewrapSaysWhenItDoesNotStart) {
  const test_support::TemporaryDirectory directory;
  directory.write("bwrap", "#!/bin/sh\necho 'bwrap: no luck' >&2\nexit 1\n", 0755);
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", (directory.path() + ":" + path).c_str(), 1);
  const base::ScopeExit restore([&] { ::setenv("PATH", path.c_str(), 1); });
  const Ran ran = run("true");
  ASSERT_FALSE(ran.result);
  EXPECT_EQ(ran.result.error().kind, base::ErrorKind::host);
  EXPECT_EQ(ran.result.error().what, "sandbox not available: bwrap: no luck");
}

TEST(Sandbox, WorksForOrdinaryUsers) {
  const auto outcome = test_support::in_child([] {
    if (const std::string fault = test_support::lose_root(); !fault.empty()) return fault;
    return x_of(
        "id -u > $out/x; stat -f -c %T /out >> $out/x; cat /etc/shadow 2>/dev/null >> $out/x || true");
  });
  EXPECT_EQ(outcome.text, "1000\nramfs\n");
}

}  // namespace
}  // namespace vmcred::vars
