// SPDX-License-Identifier: Apache-2.0
// What a VM is built of besides CPUs and memory. The words are microvm.nix's where it has them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vmcred::config {

// A disk of the guest's.
struct Volume {
  enum class Format { raw, qcow2 };

  std::string image;  // a file or block device of the host
  Format format = Format::raw;
  std::uint64_t size_mib = 0;               // what a missing image is made with; 0: it must be there
  std::string file_system = "ext4";         // of an image that is made; empty: none
  std::string label = {};                   // likewise
  std::vector<std::string> mkfs_args = {};  // likewise
  std::string serial = {};
  bool read_only = false;
  bool direct = false;  // past the host's page cache
};

// A directory of the host's.
struct Share {
  enum class Protocol { virtiofs, plan9 };
  enum class Cache { automatic, always, metadata, never };  // virtiofs only
  enum class SecurityModel { none, mapped, passthrough };   // 9p only

  Protocol protocol = Protocol::virtiofs;
  std::string tag;
  std::string source;
  bool read_only = false;
  Cache cache = Cache::automatic;
  SecurityModel security_model = SecurityModel::none;
  std::vector<std::string> virtiofsd_args = {};
};

struct Interface {
  enum class Type { user, tap, macvtap };
  enum class MacvtapMode { bridge, vepa, private_, passthru };

  Type type = Type::user;
  std::string id = {};      // of tap and macvtap: the interface's name on the host
  std::string mac = {};     // "02:00:00:01:01:01"; never empty
  std::string bridge = {};  // of tap: the host's bridge that it joins; may be empty
  std::string link = {};    // of macvtap: the host's interface below it
  MacvtapMode mode = MacvtapMode::bridge;
  bool vhost = false;  // of tap and macvtap: the kernel moves the packets
};

// Does it have an interface of its own on the host, which somebody has to make?
inline bool is_on_host(const Interface& interface) { return interface.type != Interface::Type::user; }

// Through an interface of type `user`.
struct ForwardedPort {
  enum class From { host, guest };
  enum class Protocol { tcp, udp };

  From from = From::host;
  Protocol protocol = Protocol::tcp;
  std::string host_address = {};  // empty: any, for `guest` 127.0.0.1
  std::uint16_t host_port = 0;
  std::string guest_address = {};  // empty: the guest's own, for `guest` 10.0.2.4
  std::uint16_t guest_port = 0;
};

// A device of the host's that the guest gets for itself.
struct Device {
  enum class Bus { pci, usb };

  Bus bus = Bus::pci;
  std::string path;  // pci: "0000:06:00.0"; usb: "vendorid=0x0bda,productid=0x8153"
};

struct Balloon {
  std::uint64_t initial_mib = 0;  // what the host takes at once
  bool deflate_on_oom = true;
};

}  // namespace vmcred::config
