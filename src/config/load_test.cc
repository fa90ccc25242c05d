// SPDX-License-Identifier: Apache-2.0
#include "config/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/test_config.h"

namespace vmcred::config {
namespace {

using testing::ElementsAre;

// The sample of the design document.
constexpr std::string_view k_sample_toml = R"(
[store]
path = "vars"
backend = "sops"

[generators.test-vm-secrets]
files.api-key = {}
files.db-password = {}
files.jwt-secret = {}
script = '''
openssl rand -base64 32 | tr -d '\n' > "$out/api-key"
'''

[vms.test-vm]
hypervisor = "cloud-hypervisor"
vcpu = 2
mem = 1024                          # MiB
vsock.cid = 3
kernel = "guest/vmlinuz"
initrd = "guest/initrd"
secrets.api-key = { generator = "test-vm-secrets" }
secrets.db-password = { generator = "test-vm-secrets" }
secrets.jwt-secret = { generator = "test-vm-secrets", credential = "JWT" }
secrets.tls-key = { path = "/run/secrets/tls.key" }
secrets.session-key = { random = "base64:32" }
static.ENVIRONMENT = "test"
static.CLUSTER = "britton-desktop"
)";

constexpr std::string_view k_sample_json = R"({
  "store": { "path": "vars", "backend": "sops" },
  "generators": {
    "test-vm-secrets": {
      "files": { "api-key": {}, "db-password": {}, "jwt-secret": {} },
      "script": "openssl rand -base64 32 | tr -d '\\n' > \"$out/api-key\"\n"
    }
  },
  "vms": {
    "test-vm": {
      "hypervisor": "cloud-hypervisor", "vcpu": 2, "mem": 1024, "vsock": { "cid": 3 },
      "kernel": "guest/vmlinuz", "initrd": "guest/initrd",
      "secrets": {
        "api-key": { "generator": "test-vm-secrets" },
        "db-password": { "generator": "test-vm-secrets" },
        "jwt-secret": { "generator": "test-vm-secrets", "credential": "JWT" },
        "tls-key": { "path": "/run/secrets/tls.key" },
        "session-key": { "random": "base64:32" }
      },
      "static": { "ENVIRONMENT": "test", "CLUSTER": "britton-desktop" }
    }
  }
})";

constexpr std::string_view k_sample_model = R"(store /etc/vmcred/vars sops
generator test-vm-secrets share=0 dependencies= script='openssl rand -base64 32 | tr -d \x27\x5cn\x27 > "$out/api-key"\x0a'
  file api-key secret=1 deploy=1 root:root 400
  file db-password secret=1 deploy=1 root:root 400
  file jwt-secret secret=1 deploy=1 root:root 400
vm test-vm cloud-hypervisor q35 auto program= vcpu=2 mem=1024 cid=3
  kernel=/etc/vmcred/guest/vmlinuz initrd=/etc/vmcred/guest/initrd params= args= user=
  systemd=unknown transport=auto allow_swap=0
  secret api-key API_KEY test-vm-secrets/api-key empty=0 privileged=0
  secret db-password DB_PASSWORD test-vm-secrets/db-password empty=0 privileged=0
  secret jwt-secret JWT test-vm-secrets/jwt-secret empty=0 privileged=0
  secret tls-key TLS_KEY /run/secrets/tls.key empty=0 privileged=0
  secret session-key SESSION_KEY base64:32 empty=0 privileged=0
  static ENVIRONMENT=test privileged=0
  static CLUSTER=britton-desktop privileged=0
)";

TEST(Load, ReadsTheDesignsSampleInBothFormats) {
  EXPECT_EQ(model("/etc/vmcred/vmcred.toml", k_sample_toml), k_sample_model);
  EXPECT_EQ(model("/etc/vmcred/vmcred.json", k_sample_json), k_sample_model);
}

// Every key with a value that is not its default.
constexpr std::string_view k_every_key = R"toml(
[host]
wait_for_secrets = 60
identity_encrypted = "id.cred"
[store]
path = "/var/lib/vars"
backend = "age"
groups = ["admins"]
identity = ["/etc/id", "id"]
age_recipients = ["age1a"]
age_recipients_for.web = ["age1b", "age1c"]
[generators.base]
share = true
files.ca = { secret = false, deploy = false, owner = "app", group = "www-data", mode = "0444" }
files.ca-key = { kind = "tls-key", algorithm = "ed25519" }
files.ca-cert = { kind = "tls-certificate", of = "ca-key", common_name = "CA", ca = true }
[generators.all]
files.key = { mode = "440", needed_for = "users", restart_units = ["a@b.service"] }
files.tls = { kind = "tls-key" }
script = ""
dependencies = ["base"]
share = true
runtime_inputs = ["/opt/bin", "openssl"]
machines = ["Host_1"]
validation = { b = { "é" = [1, "x"] }, a = true }
validate_script = true
[generators.all.prompts.user]
description = "Who?"
type = "multiline-hidden"
persist = true
display = { label = "User", group = "Login", helper_text = "one\ntwo", required = false }
[generators.all.files.cert]
kind = "tls-certificate"
of = "tls"
common_name = "web"
subject_alternative_names = ["*.web.test", "10.0.0.1", "fd00::1"]
days = 7
issuer = "base"
[vms.a]
vars_machine = "Host_1"
hypervisor = "qemu"
machine = "microvm"
accelerator = "tcg"
program = "../bin/qemu"
vcpu = 255
mem = 16777216
vsock = { cid = 4294967294, device = "vhost-user" }
kernel = "/boot/vmlinuz"
initrd = "/boot/initrd"
cpu = "host,-sgx"
hugepages = true
hotplug_mem = 1024
hotplugged_mem = 512
balloon = { initial = 256, deflate_on_oom = false }
graphics = true
machine_id = "01234567-89AB-cdef-0123-456789abcdef"
pre_start = ["./before", "x"]
process_name = "microvm@a"
kernel_params = ["quiet", ""]
extra_args = ["-d", "guest_errors"]
user = "vm_a"
guest.systemd = 255
transport = "fw_cfg"
allow_swap = true
autostart = false
restart_if_changed = false
start_timeout = 3600
stop_timeout = 1
machined = true
deliver = "encrypted"
secrets.key = { generator = "all", allow_empty = true }
secrets.other = { generator = "all", file = "key", credential = "passwd.x", privileged = true }
secrets.token = { random = "alphanumeric:65536", rotate = "Mon..Fri *-*-1,15 03:00:00/30 Europe/Oslo" }
secrets.cred = { encrypted = "../x.cred" }
static.motd = { value = "one\ntwo\u0000", privileged = false }
static."ssh.keys" = { value = "", privileged = true }
forward_ports = [{ from = "guest", protocol = "tcp", host = { address = "10.0.0.1", port = 53 }, guest = { address = "10.0.2.9", port = 5353 } }]
devices = [{ bus = "pci", path = "0000:06:00.0" }, { bus = "usb", path = "vendorid=0x0bda,productid=0x8153" }]
[[vms.a.volumes]]
image = "var.img"
size = 64
file_system = "btrfs"
label = "var"
mkfs_args = ["-q"]
serial = "var-1"
direct = true
[[vms.a.volumes]]
image = "/dev/vg/ro"
format = "qcow2"
read_only = true
[[vms.a.shares]]
protocol = "virtiofs"
tag = "ro-store"
source = "/nix/store"
read_only = true
cache = "always"
virtiofsd_args = ["--xattr"]
[[vms.a.shares]]
protocol = "9p"
tag = "home"
source = "home"
security_model = "mapped"
[[vms.a.interfaces]]
type = "tap"
id = "vm-test"
mac = "02:00:00:01:01:01"
bridge = "br0"
vhost = true
[[vms.a.interfaces]]
type = "macvtap"
id = "vm-mac"
mac = "02:00:00:01:01:02"
link = "eth0"
mode = "passthru"
[[vms.a.interfaces]]
type = "user"
id = "net0"
mac = "02:00:00:01:01:03"
[vms.b]
program = "qemu-system-x86_64"
kernel = "k"
guest.systemd = "none"
)toml";

TEST(Load, ReadsEveryKey) {
  EXPECT_EQ(model("vmcred.toml", k_every_key),
            R"(host wait=60 identity=id.cred
store /var/lib/vars age groups=admins identities=/etc/id|id recipients=age1a web=age1b|age1c
generator base share=1 dependencies= script=''
  file ca secret=0 deploy=0 app:www-data 444
  file ca-key secret=1 deploy=1 root:root 400 kind=tls-key ed25519
  file ca-cert secret=1 deploy=1 root:root 400 kind=tls-certificate of=ca-key CN=CA names= days=3650 ca=1 issuer=//
generator all share=1 dependencies=base script='' inputs=/opt/bin|openssl machines=Host_1 validation={"a":true,"b":{"é":[1,"x"]}} validate_script
  prompt user 'Who?' multiline-hidden persist=1 User|Login|one
two|0
  file key secret=1 deploy=1 root:root 440 for=users units=a@b.service
  file tls secret=1 deploy=1 root:root 400 kind=tls-key p256
  file cert secret=1 deploy=1 root:root 400 kind=tls-certificate of=tls CN=web names=*.web.test|10.0.0.1|fd00::1 days=7 ca=0 issuer=base/ca-key/ca-cert
  file user secret=1 deploy=1 root:root 400
vm a qemu microvm tcg program=../bin/qemu vcpu=255 mem=16777216 cid=4294967294 vhost-user
  kernel=/boot/vmlinuz initrd=/boot/initrd params=quiet| args=-d|guest_errors user=vm_a
  systemd=255 transport=fw_cfg allow_swap=1
  cpu=host,-sgx hugepages hotplug=512/1024 balloon=256 stays graphics id=0123456789abcdef0123456789abcdef before=before|x name=microvm@a
  volume var.img raw size=64 btrfs label=var mkfs=-q serial=var-1 read_only=0 direct=1
  volume /dev/vg/ro qcow2 size=0 ext4 label= mkfs= serial= read_only=1 direct=0
  share virtiofs ro-store /nix/store read_only=1 cache=always security=none args=--xattr
  share 9p home home read_only=0 cache=auto security=mapped args=
  interface tap vm-test 02:00:00:01:01:01 bridge=br0 link= mode=bridge vhost=1
  interface macvtap vm-mac 02:00:00:01:01:02 bridge= link=eth0 mode=passthru vhost=0
  interface user net0 02:00:00:01:01:03 bridge= link= mode=bridge vhost=0
  port guest tcp 10.0.0.1:53 10.0.2.9:5353
  device pci 0000:06:00.0
  device usb vendorid=0x0bda,productid=0x8153
  service autostart=0 restart=never start=3600 stop=1 machined=1 encrypted
  vars_machine=Host_1
  secret key KEY all/key empty=1 privileged=0
  secret other passwd.x all/key empty=0 privileged=1
  secret token TOKEN alphanumeric:65536 empty=0 privileged=0 rotate=Mon..Fri *-*-1,15 03:00:00/30 Europe/Oslo
  secret cred CRED ../x.cred empty=0 privileged=0
  static motd=one\x0atwo\x00 privileged=0
  static ssh.keys= privileged=1
vm b qemu q35 auto program=qemu-system-x86_64 vcpu=1 mem=512 cid=none
  kernel=k initrd= params= args= user=
  systemd=none transport=auto allow_swap=0
)");
}

TEST(Load, KnowsNoKeyThatItDoesNotRead) {
  for (const std::string& key : known_keys()) {
    const std::string last = key.substr(key.rfind('.') + 1);
    const bool is_name = last == "*";
    EXPECT_TRUE(is_name || k_every_key.find(last) != std::string_view::npos) << key;
  }
}

TEST(Load, TakesAnEmptyConfig) {
  EXPECT_EQ(model("vmcred.toml", ""), "store vars sops\n");
  EXPECT_EQ(model("vmcred.json", "{}"), "store vars sops\n");
}

TEST(Load, ReportsAllFindingsInTheOrderOfTheFile) {
  const auto config = parse("x.toml",
                            "[vms.a]\n"
                            "static.KEY = 1\n"
                            "vcpu = '1'\n"
                            "[store]\n"
                            "pth = 'x'\n");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().kind, base::ErrorKind::config);
  EXPECT_THAT(findings("x.toml", "[vms.a]\nstatic.KEY = 1\nvcpu = '1'\n[store]\npth = 'x'\n"),
              ElementsAre("x.toml:1:6: [vms.a] needs 'kernel'",
                          "x.toml:2:14: 'KEY' must be a string or a table, not a whole number",
                          "x.toml:3:8: 'vcpu' must be a whole number, not a string",
                          "x.toml:5:1: unknown key 'pth' in [store] (did you mean 'path'?)"));
}

class LoadFile : public testing::Test {
 protected:
  LoadFile() {
    std::string name = (std::filesystem::temp_directory_path() / "config_test.XXXXXX").string();
    m_directory = std::filesystem::canonical(::mkdtemp(name.data()));
    std::filesystem::current_path(m_directory);
    ::unsetenv("VMCRED_CONFIG");
  }
  ~LoadFile() override {
    std::filesystem::current_path(m_before);
    std::filesystem::remove_all(m_directory);
  }

  static void write(const std::string& path, std::string_view text) { std::ofstream(path) << text; }

  std::filesystem::path m_before = std::filesystem::current_path();
  std::filesystem::path m_directory;
};

TEST_F(LoadFile, MakesPathsAbsolute) {
  std::filesystem::create_directory("etc");
  write("etc/vmcred.toml", "vms.a.kernel = '../k'\n");
  const auto config = load("etc/vmcred.toml");
  ASSERT_TRUE(config) << config.error().what;
  EXPECT_EQ(config->path, "etc/vmcred.toml");
  EXPECT_EQ(config->vms[0].kernel, m_directory / "k");
  EXPECT_EQ(config->store.path, m_directory / "etc/vars");
  EXPECT_EQ(load(m_directory / "etc/vmcred.toml")->vms[0].kernel, m_directory / "k");
}

TEST_F(LoadFile, TellsWhatIsWrongWithTheFile) {
  EXPECT_EQ(load("none.toml").error().what, "none.toml: no such file or directory");
  write("x.json", "{\n  \"vms\": 1\n}");
  EXPECT_EQ(load("x.json").error().what, "x.json:2:10: 'vms' must be a table, not a whole number");
}

TEST_F(LoadFile, FindsTheConfig) {
  EXPECT_EQ(*find_config("x.json"), "x.json");
  if (!std::filesystem::exists("/etc/vmcred/vmcred.toml")) {
    EXPECT_EQ(find_config("").error().what,
              "no config: neither ./vmcred.toml nor /etc/vmcred/vmcred.toml exists");
    EXPECT_EQ(find_config("").error().hint, "name one with --config FILE or in $VMCRED_CONFIG");
  }
  write("vmcred.toml", "");
  EXPECT_EQ(*find_config(""), "vmcred.toml");
  ::setenv("VMCRED_CONFIG", "y.toml", 1);
  EXPECT_EQ(*find_config(""), "y.toml");
  EXPECT_EQ(*find_config("x.json"), "x.json");
  ::setenv("VMCRED_CONFIG", "", 1);
  EXPECT_EQ(*find_config(""), "vmcred.toml");
  ::unsetenv("VMCRED_CONFIG");
}

TEST(FindVm, SuggestsAndLists) {
  const auto config = parse("x.toml", "vms.web.kernel = 'k'\nvms.database.kernel = 'k'\n");
  ASSERT_TRUE(config);
  EXPECT_EQ((*find_vm(*config, "web"))->name, "web");
  const auto error = find_vm(*config, "databse").error();
  EXPECT_EQ(error.kind, base::ErrorKind::config);
  EXPECT_EQ(error.what, "no vm 'databse' in x.toml (did you mean 'database'?)");
  EXPECT_EQ(error.hint, "the vms are: web, database");
  EXPECT_EQ(find_vm(Config{}, "a").error().hint, "add one as [vms.NAME]");
}

}  // namespace
}  // namespace vmcred::config
