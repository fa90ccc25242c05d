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

#include "credential/name.h"

namespace vmcred::config {

enum class StoreBackend { sops, age };

struct Store {
  std::string path = "vars";
  StoreBackend backend = StoreBackend::sops;
};

struct GeneratorFile {
  std::string name;
  bool secret = true;
  bool deploy = true;
  std::string owner = "root";
  std::string group = "root";
  unsigned mode = 0400;
};

struct Generator {
  std::string name;
  std::vector<GeneratorFile> files;
  std::vector<std::string> dependencies;
  bool share = false;
  std::string script;  // empty: every file is of a built-in kind
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
};

struct Secret {
  credential::SecretName name;
  credential::CredentialName credential;  // the name in the guest
  std::variant<FileSource, GeneratorSource, RandomSource> source;
  bool allow_empty = false;
  bool privileged = false;  // the guest's systemd may act on it, see credential::is_privileged()
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
enum class Transport { automatic, smbios, fw_cfg };

// What is known of the guest's systemd. Unknown means: the set must arrive on every version from 252 on.
struct GuestSystemd {
  enum class Kind { unknown, version, none };
  Kind kind = Kind::unknown;
  int version = 0;  // with Kind::version
};

struct VirtualMachine {
  std::string name;
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
  std::string user;                     // empty: microvm-NAME
  std::optional<std::uint32_t> vsock_cid;
  GuestSystemd guest_systemd;
  Transport transport = Transport::automatic;
  bool allow_swap = false;  // start although the host may swap the VMM's memory out
  std::vector<Secret> secrets;
  std::vector<StaticValue> static_values;
};

struct Config {
  std::string path;  // the file it came from
  Store store;
  std::vector<Generator> generators;
  std::vector<VirtualMachine> vms;
};

}  // namespace vmcred::config
