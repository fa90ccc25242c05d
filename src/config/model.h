// SPDX-License-Identifier: Apache-2.0
// vmcred.toml as plain data. A Config that config::load() returned is checked: names are unique, references
// resolve, and paths are absolute. docs/config.md describes each key for users; schema/vmcred.schema.json for
// programs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/hardware.h"
#include "credential/name.h"

namespace vmcred::config {

enum class StoreBackend { sops, age };

// The age recipients of one machine, in place of the common ones.
struct MachineRecipients {
  std::string machine;
  std::vector<std::string> recipients;
};

struct Store {
  std::string path = "vars";
  StoreBackend backend = StoreBackend::sops;
  std::vector<std::string> groups = {"admins", "hosts"};  // of these, those that exist read every secret
  std::vector<std::string> identities;                    // files to read secrets with
  std::vector<std::string> age_recipients;                // for the age backend
  std::vector<MachineRecipients> age_recipients_for;
};

// What a certificate says, and who signs it.
struct Certificate {
  std::string common_name;
  std::vector<std::string> subject_alternative_names;  // host names and IP addresses
  unsigned days = 3650;
  bool ca = false;
  std::string issuer;      // the generator of the CA, one of the dependencies; empty: signed with its own key
  std::string issuer_key;  // the files there: follow from `issuer`
  std::string issuer_certificate;
};

// How a file is made without a script. config/kind.h has what the types have in common.
struct FileKind {
  enum class Type {
    base64,
    hex,
    raw,
    alphanumeric,
    password,
    uuid,
    password_hash,
    ssh_ed25519,
    ssh_ed25519_public,
    wireguard,
    wireguard_public,
    age,
    age_public,
    tls_key,
    tls_certificate,
  };
  enum class Algorithm { p256, ed25519 };

  Type type = Type::base64;
  std::size_t size = 0;  // of the random ones: bytes, or characters of alphanumeric and password
  std::string of;        // of the derived ones: the file of the same generator that they follow from
  Algorithm algorithm = Algorithm::p256;  // of a TLS key
  Certificate certificate;
};

// When a machine needs a file.
enum class NeededFor { partitioning, activation, users, services };

struct GeneratorFile {
  std::string name;
  bool secret = true;
  bool deploy = true;
  std::string owner = "root";
  std::string group = "root";
  unsigned mode = 0400;
  NeededFor needed_for = NeededFor::services;
  std::vector<std::string> restart_units;
  std::optional<FileKind> kind;  // none: made by the script, or a prompt that persists
};

// What a person is asked before a generator runs.
struct Prompt {
  enum class Type { hidden, line, multiline, multiline_hidden };
  struct Display {
    std::string label;
    std::string group;
    std::string helper_text;
    bool required = true;
  };

  std::string name;
  std::string description;  // the name unless given
  Type type = Type::line;
  bool persist = false;  // the answer is kept in a file of the prompt's name
  Display display;
};

struct Generator {
  std::string name;
  std::vector<GeneratorFile> files;  // with those of prompts that persist
  std::vector<Prompt> prompts;
  std::vector<std::string> dependencies;
  std::vector<std::string> machines;  // that declare it, besides those of the VMs that use it
  bool share = false;
  std::string script;                       // may be empty
  std::vector<std::string> runtime_inputs;  // folders, and programs to look up in $PATH
  std::optional<std::string> validation;    // compact JSON with sorted keys
  bool validate_script = false;             // a changed script, too, makes its files invalid
};

// An existing file that only root (or whoever runs vmcred) can read.
struct FileSource {
  std::string path;
};

// A file of a generator of this config.
struct GeneratorSource {
  std::string generator;
  std::string file;  // the secret's own name unless given
};

// Made and kept by vmcred: "base64:32" is 32 random bytes as base64 text.
struct RandomSource {
  enum class Encoding { base64, hex, raw, alphanumeric };
  Encoding encoding = Encoding::base64;
  std::size_t bytes = 0;

  bool operator==(const RandomSource&) const = default;
};

// An existing file that systemd-creds made, bound to this host's key, its TPM, or both.
struct EncryptedSource {
  std::string path;
};

struct Secret {
  credential::SecretName name;
  credential::CredentialName credential;  // the name in the guest
  std::variant<FileSource, GeneratorSource, RandomSource, EncryptedSource> source;
  bool allow_empty = false;
  bool privileged = false;  // the guest's systemd may act on it, see credential::is_privileged()
  std::string rotate =
      {};  // a calendar expression of systemd's; empty: never by itself. For kept secrets only
};

// A value that is not secret.
struct StaticValue {
  credential::CredentialName credential;
  std::string value;
  bool privileged = false;
};

enum class Hypervisor { qemu, cloud_hypervisor, firecracker, crosvm, kvmtool, stratovirt, alioth, vfkit };
enum class Machine { q35, pc, microvm };
enum class Accelerator { automatic, kvm, tcg };

// How credentials cross to the guest.
enum class Transport {
  automatic,
  smbios,         // OEM strings, SMBIOS type 11
  fw_cfg,         // QEMU's firmware configuration device
  initrd,         // appended to the guest's initrd
  vsock,          // vmcred-guest fetches them over the virtio socket
  virtio_serial,  // or through a virtio port
  mmds,           // or from Firecracker's metadata service
};

// What stands behind the virtio socket: the kernel's vhost, or a program on a Unix socket.
enum class VsockDevice { automatic, vhost, vhost_user };

// How the secrets that vmcred keeps in its store reach the VM's unit.
enum class Delivery {
  provider,   // vmcred-provider reads them from the store when the unit starts
  encrypted,  // from files of systemd-creds that `vmcred vars encrypt-for-host` made before
};

// What is known of the guest's systemd. Unknown means: the set must arrive on every version from 252 on.
struct GuestSystemd {
  enum class Kind { unknown, version, none };
  Kind kind = Kind::unknown;
  int version = 0;  // with Kind::version
};

// What restarts a VM that runs with something that is no longer so.
enum class RestartIfChanged {
  rotation,  // the timer that has rotated a secret of it
  always,    // also each other change of its config or secrets
  never,
};

struct VirtualMachine {
  std::string name;
  std::string pinned_since;  // when an older entry took the place of the file's; "" where none has
  std::string vars_machine;  // whose per-machine vars it uses
  Hypervisor hypervisor = Hypervisor::qemu;
  Machine machine = Machine::q35;                    // QEMU only
  Accelerator accelerator = Accelerator::automatic;  // QEMU only
  std::string program;                               // the VMM's path; empty: its usual name on $PATH
  unsigned vcpu = 1;
  std::uint64_t mem_mib = 512;
  std::string kernel;
  std::string initrd;  // empty: none
  std::vector<std::string> kernel_params;
  std::vector<std::string> extra_args;  // appended to the VMM's command line; world-readable
  std::vector<std::string> pre_start;   // a program and its arguments, run as the VM's user before each start
  std::string process_name;             // argv[0] of the VMM; empty: its path
  std::string machine_id;               // 32 lower-case hexadecimal digits; empty: the guest's own affair
  std::string cpu;                      // QEMU only: the model; empty: the best that there is
  bool hugepages = false;
  std::uint64_t hotplug_mem_mib = 0;     // by virtio-mem, on top of `mem`
  std::uint64_t hotplugged_mem_mib = 0;  // of it, what the guest has from the start
  std::optional<Balloon> balloon;
  bool graphics = false;
  std::vector<Volume> volumes;
  std::vector<Share> shares;
  std::vector<Interface> interfaces;
  std::vector<ForwardedPort> forwarded_ports;
  std::vector<Device> devices;
  std::string user;  // empty: microvm-NAME
  std::optional<std::uint32_t> vsock_cid;
  VsockDevice vsock_device = VsockDevice::automatic;
  GuestSystemd guest_systemd;
  Transport transport = Transport::automatic;
  bool allow_swap = false;  // start although the host may swap the VMM's memory out
  bool autostart = true;    // with the host
  RestartIfChanged restart_if_changed = RestartIfChanged::rotation;
  unsigned start_timeout_s = 150;  // until the guest says that it is ready
  unsigned stop_timeout_s = 60;    // for the guest to shut down
  bool machined = false;           // registered with systemd-machined
  Delivery deliver = Delivery::provider;
  std::vector<Secret> secrets;
  std::vector<StaticValue> static_values;
};

// What concerns the host's own services.
struct Host {
  unsigned wait_for_secrets_s = 0;  // how long the provider waits for a secret that is being made
  std::string identity_encrypted;   // the provider's identity as a file of systemd-creds; empty: none
};

struct Config {
  std::string path;  // the file it came from
  Host host;
  Store store;
  std::vector<Generator> generators;
  std::vector<VirtualMachine> vms;
};

}  // namespace vmcred::config
