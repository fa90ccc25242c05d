// SPDX-License-Identifier: Apache-2.0
// How a VM is started, as plain data: what argv says, which files and devices the VMM inherits, and what its
// API is asked. A plan is made from names and sizes and holds no secret, so it may be printed, compared and
// kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace vmcred::vmm {

// A piece of a request's body or of a document: text, and then what is only known when the VM starts.
struct BodyPiece {
  enum class Value {
    none,
    credential,  // base64 of the value of one credential
    archive,     // base64 of an archive of the set, see credential/archive.h
    file,        // the path of a planned file's descriptor
  };
  std::string text;  // as it stands in the body, already escaped for JSON
  Value value = Value::none;
  std::size_t index = 0;  // of the credential in the outlines, or of the file in LaunchPlan::files
};

// A memory file that the VMM reads once when it starts, through a descriptor it inherits.
struct PlannedFile {
  enum class Content {
    credential,     // the value of one credential, as it is
    oem_structure,  // an SMBIOS type 11 structure of one or more credentials
    initrd,         // the guest's initrd with these credentials appended, see docs/formats/initrd.md
    document,       // a text with the paths of files that stand before this one; no secret
  };
  Content content;
  std::vector<std::size_t> credentials;  // indexes into the outlines
  std::size_t size;                      // of the initrd: of the values in it
  std::uint16_t smbios_handle = 0;       // with oem_structure
  std::string initrd = {};               // with initrd: the guest's own, the path of a file
  std::string next_init = {};            // with initrd: what the shim becomes in the end; "" without a shim
  std::vector<BodyPiece> document = {};
};

// Something else that the VMM inherits, opened before it starts.
struct PlannedDescriptor {
  enum class Kind {
    device,    // opened for reading and writing
    listener,  // a Unix stream socket that listens there, closed to others
  };
  Kind kind;
  std::string path;
};

// One element of argv. With a file, the path of its descriptor follows the text: "-smbios", "file=" +
// "/dev/fd/7". With descriptors, their numbers do, joined by colons: "tap,id=a,fds=" + "8:9".
struct Argument {
  std::string text;
  std::optional<std::size_t> file = std::nullopt;  // index into LaunchPlan::files
  std::vector<std::size_t> descriptors = {};       // indexes into LaunchPlan::descriptors
};

// One request to the VMM's API, which must be answered with success before the next is sent.
struct ApiRequest {
  std::string method;  // "PUT"
  std::string path;    // "/api/v1/vm.create"
  std::vector<BodyPiece> body;
  std::vector<std::size_t> descriptors = {};  // go along with it, as SCM_RIGHTS
};

// Who hands the set over when the guest asks for it.
struct PlannedPull {
  enum class Channel { vsock, virtio_serial };
  Channel channel;
};

// A program that must run beside the VMM, from before any secret is read until the VM ends, as its user.
struct HelperPlan {
  std::string program;                 // its usual name, to look for
  std::vector<std::string> arguments;  // without argv[0]
  std::string socket;                  // that it has when it is ready
};

struct LaunchPlan {
  std::string program;
  std::string process_name;              // argv[0]; "": the program
  std::vector<Argument> arguments;       // without argv[0]
  std::vector<std::string> environment;  // besides PATH and LANG: "HOME=/run/vmcred/web"
  std::vector<PlannedFile> files;
  std::vector<PlannedDescriptor> descriptors;
  std::string api_socket;  // where `requests` go; "" without any
  std::vector<ApiRequest> requests;
  std::optional<PlannedPull> pull;
  bool needs_terminal = false;  // its standard input must be one, even if nobody types
};

}  // namespace vmcred::vmm
