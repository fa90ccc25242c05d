// SPDX-License-Identifier: Apache-2.0
// Near misses in what a VM is built of, most in arrays of tables: each row is one mistake and the exact
// sentences that it brings.
#include "config/test_hardware.h"
#include "config/test_rows.h"

namespace vmcred::config {
namespace {

using base::concat;

constexpr std::string_view k_vm = "[vms.a]\nkernel = 'k'\n";  // two lines

TEST(DecodeArrays, PointIntoBothFormsOfToml) {
  const Row rows[] = {
      {"volumes = []\nshares = []\ninterfaces = []\nforward_ports = []\ndevices = []"},
      {"volumes = 3", {"x.toml:3:11: 'volumes' must be an array of tables, not a whole number"}},
      {"volumes = { image = 'i' }", {"x.toml:3:11: 'volumes' must be an array of tables, not a table"}},
      {"volumes = [{ image = 'i' }, 'j']",
       {"x.toml:3:29: 'volumes' must be an array of tables, this is a string"}},
      {"volumes = [{ image = 'i' }, { imag = 'j' }]",
       {"x.toml:3:29: [vms.a] volumes[1] needs 'image'",
        "x.toml:3:31: unknown key 'imag' in [vms.a] volumes[1] (did you mean 'image'?)"}},
      {"[[vms.a.volumes]]\nimage = 'i'\n[[vms.a.volumes]]\nimage = 'j'\nsize = 0\nlabl = 'x'",
       {"x.toml:7:8: 'size' must be from 1 to 1073741824",
        "x.toml:8:1: unknown key 'labl' in [vms.a] volumes[1] (did you mean 'label'?)"}},
      {"[[vms.a.volumes]]", {"x.toml:3:1: [vms.a] volumes[0] needs 'image'"}},
      {"[[vms.a.volume]]\nimage = 'i'",
       {"x.toml:3:9: unknown key 'volume' in [vms.a] (did you mean 'volumes'?)"}},
  };
  check(k_vm, rows);
}

TEST(DecodeArrays, PointIntoJson) {
  EXPECT_THAT(
      findings("x.json",
               "{ \"vms\": { \"a\": { \"kernel\": \"k\",\n"
               "  \"shares\": [ { \"tag\": \"t\", \"source\": \"/s\" },\n"
               "    { \"tag\": \"t\", \"sorce\": \"/s\", \"cache\": \"no\" } ] } } }"),
      testing::ElementsAre("x.json:3:5: [vms.a] shares[1] needs 'source'",
                           "x.json:3:14: 'tag' is the same as that of [vms.a] shares[0]",
                           "x.json:3:19: unknown key 'sorce' in [vms.a] shares[1] (did you mean 'source'?)",
                           "x.json:3:43: unknown cache 'no'"));
}

// R77
TEST(DecodeHardware, FindsMistakesInTheBoard) {
  constexpr std::string_view k_id = "'machine_id' must be 32 hexadecimal digits or a UUID, and not all zeros";
  const Row rows[] = {
      {"cpu = 'Haswell'\nhugepages = true\ngraphics = true\nhotplug_mem = 512\nhotplugged_mem = 512"},
      {"cpu = ''", {"x.toml:3:7: 'cpu' is empty"}},
      {"hypervisor = 'crosvm'\naccelerator = 'kvm'"},
      {"hypervisor = 'crosvm'\nmachine = 'q35'\naccelerator = 'tcg'",
       {"x.toml:4:11: 'machine' is for hypervisor 'qemu' only, not for 'crosvm'",
        "x.toml:5:15: accelerator 'tcg' is for hypervisor 'qemu' only, not for 'crosvm'"}},
      {"hypervisor = 'crosvn'\nmachine = 'q35'",
       {"x.toml:3:14: unknown hypervisor 'crosvn' (did you mean 'crosvm'?)"}},
      {"hugepages = 1", {"x.toml:3:13: 'hugepages' must be a boolean, not a whole number"}},
      {"hotplugged_mem = 1", {"x.toml:3:18: 'hotplugged_mem' must not be more than 'hotplug_mem'"}},
      {"hotplug_mem = 16777217", {"x.toml:3:15: 'hotplug_mem' must be from 0 to 16777216"}},
      {"balloon = {}\nmem = 16"},
      {"balloon = { initial = 511 }"},
      {"balloon = { initial = 512 }", {"x.toml:3:23: 'initial' must be less than 'mem', which is 512"}},
      {"balloon = true", {"x.toml:3:11: 'balloon' must be a table, not a boolean"}},
      {"balloon.inital = 1",
       {"x.toml:3:9: unknown key 'inital' in [vms.a.balloon] (did you mean 'initial'?)"}},
      {"machine_id = '0123456789ABCDEF0123456789abcdef'"},
      {"machine_id = 'web'", {concat("x.toml:3:14: ", k_id)}},
      {"machine_id = '00000000000000000000000000000000'", {concat("x.toml:3:14: ", k_id)}},
  };
  check(k_vm, rows);
}

TEST(DecodeCommandLines, FindsMistakesInThePrograms) {
  const Row rows[] = {
      {"pre_start = []"},
      {"pre_start = 'x'", {"x.toml:3:13: 'pre_start' must be an array of strings, not a string"}},
      {"pre_start = ['', 'x']", {"x.toml:3:13: the first element of 'pre_start', the program, is empty"}},
      {"pre_start = ['x', 'systemd.set_credential=A:b']",
       {"x.toml:3:13: 'pre_start' must not carry a credential: command lines are world-readable"}},
      {"process_name = \"a\\u0007\"", {"x.toml:3:16: 'process_name' must not contain control characters"}},
  };
  check(k_vm, rows);
}

// The path of pre_start's program is one like the others; a name is looked up.
TEST(DecodeCommandLines, AnchorsPrograms) {
  const auto config = parse("/etc/x.toml",
                            "vms.a = { kernel = 'k', pre_start = ['../bin/x', '../y'] }\n"
                            "vms.b = { kernel = 'k', pre_start = ['x'] }");
  ASSERT_TRUE(config);
  EXPECT_EQ(base::join(config->vms[0].pre_start, "|"), "/bin/x|../y");
  EXPECT_EQ(config->vms[1].pre_start[0], "x");
}

TEST(DecodeGuest, KnowsTheTransports) {
  const Row rows[] = {
      {"transport = 'vsock'"},
      {"transport = 'initrd'"},
      {"transport = 'virtio-serial'"},
      {"transport = 'mmds'"},
      {"transport = 'virtio_serial'",
       {"x.toml:3:13: unknown transport 'virtio_serial' (did you mean 'virtio-serial'?)"}},
  };
  check(k_vm, rows);
}

TEST(DecodeVolumes, FindsMistakes) {
  const std::string k_serial = "'serial' must be at most 20 letters, digits, '.', '_' and '-'";
  const Row rows[] = {
      {"volumes = [{ image = 'i', format = 'qcow2', direct = true }, { image = 'j', read_only = true }]"},
      {"volumes = [{ image = '' }]", {"x.toml:3:22: 'image' is empty"}},
      {"volumes = [{ image = 'i' }, { image = './i' }]",
       {"x.toml:3:39: 'image' is the same as that of [vms.a] volumes[0]"}},
      {"volumes = [{ image = 'i', format = 'vmdk' }]", {"x.toml:3:36: unknown format 'vmdk'"}},
      {"volumes = [{ image = 'i', format = 'qcow2', size = 1 }]",
       {"x.toml:3:52: 'size' is for format 'raw' only, not for 'qcow2'"}},
      {"volumes = [{ image = 'i', size = 1, label = '0123456789abcdef' }]"},
      {"volumes = [{ image = 'i', size = 1, label = '0123456789abcdefg' }]",
       {"x.toml:3:45: the 'label' of file system 'ext4' has at most 16 characters"}},
      {"volumes = [{ image = 'i', size = 1, file_system = 'vfat', label = '0123456789ab' }]",
       {"x.toml:3:67: the 'label' of file system 'vfat' has at most 11 characters"}},
      {"volumes = [{ image = 'i', size = 1, file_system = 'ext5', label = '0123456789abcdefg' }]",
       {"x.toml:3:51: unknown file_system 'ext5' (did you mean 'ext4'?)"}},
      {"volumes = [{ image = 'i', label = 'x', file_system = 'xfs', mkfs_args = [] }]",
       {"x.toml:3:35: 'label' needs 'size', with which a missing image is made",
        "x.toml:3:54: 'file_system' needs 'size', with which a missing image is made",
        "x.toml:3:73: 'mkfs_args' needs 'size', with which a missing image is made"}},
      {"volumes = [{ image = 'i', size = 1, file_system = 'none', label = 'x' }]",
       {"x.toml:3:67: 'label' is for an image with a file system only, not for 'none'"}},
      {"volumes = [{ image = 'i', size = 1, mkfs_args = ['systemd.set_credential=A:b'] }]",
       {"x.toml:3:49: 'mkfs_args' must not carry a credential: command lines are world-readable"}},
      {"volumes = [{ image = 'i', serial = 'a1234567890123456789' }]"},
      {"volumes = [{ image = 'i', serial = 'a12345678901234567890' }]", {concat("x.toml:3:36: ", k_serial)}},
      {"volumes = [{ image = 'i', serial = 'a,readonly=off' }]", {concat("x.toml:3:36: ", k_serial)}},
  };
  check(k_vm, rows);
}

// R78
TEST(DecodeShares, FindsMistakes) {
  const std::string tag(36, 't');
  constexpr std::string_view k_tag =
      "'tag' must be a letter or digit, then those, '.', '_' and '-', at most ";
  const Row rows[] = {
      {"shares = [{ tag = 'ro-store', source = '/nix/store', read_only = true, cache = 'always' }]"},
      {"shares = [{ protocol = '9p', tag = 't', source = '/s', security_model = 'mapped' }]"},
      {"shares = [{}]",
       {"x.toml:3:11: [vms.a] shares[0] needs 'tag'", "x.toml:3:11: [vms.a] shares[0] needs 'source'"}},
      {"shares = [{ tag = 't', source = '/s' }, { tag = 't', source = '/r' }]",
       {"x.toml:3:49: 'tag' is the same as that of [vms.a] shares[0]"}},
      {concat("shares = [{ tag = '", tag, "', source = '/s' }]")},
      {concat("shares = [{ tag = '", tag, "t', source = '/s' }]"), {concat("x.toml:3:19: ", k_tag, 36)}},
      {"shares = [{ tag = 'a,b', source = '/s' }]", {concat("x.toml:3:19: ", k_tag, 36)}},
      {concat("shares = [{ protocol = '9p', tag = '", tag, "', source = '/s' }]"),
       {concat("x.toml:3:36: ", k_tag, 31)}},
      {"shares = [{ protocol = 'nfs', tag = 't', source = '/s', security_model = 'none' }]",
       {"x.toml:3:24: unknown protocol 'nfs'"}},
      {"shares = [{ tag = 't', source = '/s', security_model = 'none' }]",
       {"x.toml:3:56: 'security_model' is for protocol '9p' only, not for 'virtiofs'"}},
      {"shares = [{ protocol = '9p', tag = 't', source = '/s', cache = 'auto', virtiofsd_args = [] }]",
       {"x.toml:3:64: 'cache' is for protocol 'virtiofs' only, not for '9p'",
        "x.toml:3:89: 'virtiofsd_args' is for protocol 'virtiofs' only, not for '9p'"}},
      {"shares = [{ tag = 't', source = '/s', virtiofsd_args = ['io.systemd.credential:A=b'] }]",
       {"x.toml:3:56: 'virtiofsd_args' must not carry a credential: command lines are world-readable"}},
  };
  check(k_vm, rows);
}

// R78
TEST(DecodeInterfaces, FindsMistakes) {
  constexpr std::string_view k_name = " must be a letter, then letters, digits, '.', '_' and '-', at most 15";
  const Row rows[] = {
      {"interfaces = [{ type = 'tap', id = 'vm-test', mac = '02:00:00:01:01:01', vhost = true }]"},
      {"interfaces = [{ type = 'tap', id = 't', bridge = 'br0' }, { type = 'bridge', id = 'n', bridge = "
       "'br0' }]"},
      {"interfaces = [{ type = 'macvtap', id = 'm', link = 'eth0', mode = 'private' }]"},
      {"interfaces = [{}]",
       {"x.toml:3:15: [vms.a] interfaces[0] needs 'type'", "x.toml:3:15: [vms.a] interfaces[0] needs 'id'"}},
      {"interfaces = [{ type = 'tpa', id = 't', vhost = true }]",
       {"x.toml:3:24: unknown type 'tpa' (did you mean 'tap'?)"}},
      {"interfaces = [{ type = 'user', id = 'n' }, { type = 'user', id = 'n' }]",
       {"x.toml:3:66: 'id' is the same as that of [vms.a] interfaces[0]"}},
      {"interfaces = [{ type = 'tap', id = 'a234567890123456' }]", {concat("x.toml:3:36: 'id'", k_name)}},
      {"interfaces = [{ type = 'bridge', id = 'n' }]", {"x.toml:3:15: [vms.a] interfaces[0] needs 'bridge'"}},
      {"interfaces = [{ type = 'bridge', id = 'n', bridge = 'b/r' }]",
       {concat("x.toml:3:53: 'bridge'", k_name)}},
      {"interfaces = [{ type = 'macvtap', id = 'm' }]", {"x.toml:3:15: [vms.a] interfaces[0] needs 'link'"}},
      {"interfaces = [{ type = 'macvtap', id = 'm', link = 'e:0' }]",
       {concat("x.toml:3:52: 'link'", k_name)}},
      {"interfaces = [{ type = 'macvtap', id = 'm', link = 'e', mode = 'pass' }]",
       {"x.toml:3:64: unknown mode 'pass'"}},
      {"interfaces = [{ type = 'user', id = 'n', bridge = 'b', link = 'e', mode = 'vepa', vhost = false }]",
       {"x.toml:3:51: 'bridge' is for types 'bridge' and 'tap' only, not for 'user'",
        "x.toml:3:63: 'link' is for type 'macvtap' only, not for 'user'",
        "x.toml:3:75: 'mode' is for type 'macvtap' only, not for 'user'",
        "x.toml:3:91: 'vhost' is for types 'tap', 'bridge' and 'macvtap' only, not for 'user'"}},
      {"interfaces = [{ type = 'user', id = 'n', mac = '01:00:00:00:00:00' }]",
       {"x.toml:3:48: 'mac' must be the address of one interface, like \"02:00:00:01:01:01\""}},
      {"interfaces = [{ type = 'user', id = 'n', mac = '' }]", {"x.toml:3:48: 'mac' is empty"}},
  };
  check(k_vm, rows);
}

TEST(DecodeInterfaces, KeepsNamesOfTheHostApart) {
  const auto two = [](std::string_view first, std::string_view second) {
    return concat("vms.a = { kernel = 'k', interfaces = [{ ", first,
                  " }] }\nvms.b = { kernel = 'k', interfaces = [{ ", second, " }] }");
  };
  const Row rows[] = {
      {two("type = 'user', id = 'n'", "type = 'user', id = 'n'")},
      {two("type = 'tap', id = 'n'", "type = 'user', id = 'n'")},
      {two("type = 'tap', id = 'n'", "type = 'tap', id = 'm'")},
      {two("type = 'tap', id = 'n'", "type = 'tap', id = 'n'"),
       {"x.toml:2:5: vms 'a' and 'b' have the same interface 'n'"}},
      {two("type = 'tap', id = 'n'", "type = 'macvtap', id = 'n', link = 'e'"),
       {"x.toml:2:5: vms 'a' and 'b' have the same interface 'n'"}},
  };
  check("", rows);
}

TEST(DecodeForwardedPorts, FindsMistakes) {
  constexpr std::string_view k_user = "[vms.a]\nkernel = 'k'\ninterfaces = [{ type = 'user', id = 'n' }]\n";
  constexpr std::string_view k_address = "'address' must be an IPv4 address, like \"127.0.0.1\"";
  const Row rows[] = {
      {"forward_ports = [{ host.port = 65535, guest.port = 1 }]"},
      {"forward_ports = [{ from = 'guest', host = { address = '10.0.0.1', port = 53 }, guest.port = 53 }]"},
      {"forward_ports = [{ protocol = 'udp', host.port = 1, guest.port = 1 }]"},
      {"forward_ports = [{}]",
       {"x.toml:4:18: [vms.a] forward_ports[0] needs 'host'",
        "x.toml:4:18: [vms.a] forward_ports[0] needs 'guest'"}},
      {"forward_ports = [{ host = {}, guest.port = 1 }]",
       {"x.toml:4:20: [vms.a] forward_ports[0].host needs 'port'"}},
      {"forward_ports = [{ host.port = 0, guest.port = 65536 }]",
       {"x.toml:4:32: 'port' must be from 1 to 65535", "x.toml:4:48: 'port' must be from 1 to 65535"}},
      {"forward_ports = [{ host.prot = 1, guest.port = 1 }]",
       {"x.toml:4:20: [vms.a] forward_ports[0].host needs 'port'",
        "x.toml:4:25: unknown key 'prot' in [vms.a] forward_ports[0].host (did you mean 'port'?)"}},
      {"forward_ports = [{ host = 8080, guest.port = 1 }]",
       {"x.toml:4:27: 'host' must be a table, not a whole number"}},
      {"forward_ports = [{ host.port = 1, guest = { port = 1, address = '::1' } }]",
       {concat("x.toml:4:65: ", k_address)}},
  };
  check(k_user, rows);
}

TEST(DecodeDevices, FindsMistakes) {
  const Row rows[] = {
      {"devices = [{ bus = 'pci', path = '0000:06:00.0' }, { bus = 'usb', path = 'hostbus=1,hostaddr=2' }]"},
      {"devices = [{ path = '0000:06:00.0' }]", {"x.toml:3:12: [vms.a] devices[0] needs 'bus'"}},
      {"devices = [{ bus = 'pci' }]", {"x.toml:3:12: [vms.a] devices[0] needs 'path'"}},
      {"devices = [{ bus = 'isa', path = 'x' }]", {"x.toml:3:20: unknown bus 'isa'"}},
      {"devices = [{ bus = 'pci', path = '06:00.0' }]",
       {"x.toml:3:34: 'path' must be a PCI address, like \"0000:06:00.0\""}},
      {"devices = [{ bus = 'usb', path = '0000:06:00.0' }]",
       {"x.toml:3:34: 'path' must be like \"vendorid=0x0bda,productid=0x8153\" or "
        "\"hostbus=1,hostaddr=5\""}},
      {"devices = [{ bus = 'pci', path = '0000:0a:00.0' }, { bus = 'pci', path = '0000:0A:00.0' }]",
       {"x.toml:3:74: 'path' is the same as that of [vms.a] devices[0]"}},
  };
  check(k_vm, rows);
}

TEST(DecodeHardware, FillsInWhatIsLeftOut) {
  const auto config = parse("/etc/x.toml", R"(
[vms.web]
kernel = "k"
hotplug_mem = 256
balloon = {}
volumes = [{ image = "i" }]
shares = [{ tag = "t", source = "s" }]
interfaces = [{ type = "user", id = "n" }]
forward_ports = [{ host.port = 8080, guest.port = 80 }]
)");
  ASSERT_TRUE(config) << config.error().what;
  EXPECT_EQ(hardware_text(config->vms[0]),
            "  hotplug=256/256 balloon=0 deflates\n"
            "  volume /etc/i raw size=0 ext4 label= mkfs= serial= read_only=0 direct=0\n"
            "  share virtiofs t /etc/s read_only=0 cache=auto security=none args=\n"
            "  interface user n 8a:e0:88:1f:3f:99 bridge= link= mode=bridge vhost=0\n"
            "  port host tcp :8080 :80\n");
}

}  // namespace
}  // namespace vmcred::config
