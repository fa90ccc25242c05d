// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "config/decode.h"
#include "config/first_owners.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;

constexpr std::int64_t k_most_size_mib = std::int64_t{1024} * 1024 * 1024;
constexpr std::size_t k_most_serial_bytes = 20;  // VIRTIO_BLK_ID_BYTES

// What mkfs can make, and how long a label may be there.
struct FileSystem {
  std::string_view name;
  std::size_t most_label_bytes;
};
constexpr std::array k_file_systems = std::to_array<Spelling<FileSystem>>({
    {{"ext4", 16}, "ext4"},
    {{"ext3", 16}, "ext3"},
    {{"ext2", 16}, "ext2"},
    {{"xfs", 12}, "xfs"},
    {{"btrfs", 255}, "btrfs"},
    {{"vfat", 11}, "vfat"},
    {{"", 0}, "none"},
});

bool is_serial(std::string_view text) {
  return text.size() <= k_most_serial_bytes && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                  c == '_' || c == '-';
         });
}

void read_label(const TableReader& reader, const FileSystem& file_system, std::string& label) {
  reader.read_line("label", label);
  if (label.size() > file_system.most_label_bytes)
    reader.report("label", concat("the 'label' of file system ", quoted(file_system.name), " has at most ",
                                  file_system.most_label_bytes, " characters"));
}

// The keys about an image that is made because it is missing.
void decode_new_image(const TableReader& reader, Volume& volume) {
  FileSystem file_system = k_file_systems.front().value;
  const bool is_known = reader.read_choice("file_system", k_file_systems, file_system);
  volume.file_system = file_system.name;
  for (const std::string_view key : {"file_system", "label", "mkfs_args"}) {
    if (!reader.has("size")) {
      if (reader.has(key))
        reader.report(key, concat(quoted(key), " needs 'size', with which a missing image is made"));
    } else if (file_system.name.empty() && key != "file_system") {
      reader.refuse(key, "an image with a file system", "none");
    }
  }
  if (is_known && !file_system.name.empty()) read_label(reader, file_system, volume.label);
  reader.read_lines("mkfs_args", volume.mkfs_args);
  refuse_credentials(reader, "mkfs_args", volume.mkfs_args);
}

Volume decode_volume(const TableReader& reader) {
  Volume volume;
  reader.require("image", "add 'image = \"PATH\"', a file or block device");
  reader.read_path("image", volume.image);
  reader.read_choice("format", k_volume_format_spellings, volume.format);
  reader.read_whole("size", 1, k_most_size_mib, volume.size_mib);
  if (volume.format != Volume::Format::raw && reader.has("size"))
    reader.report("size",
                  concat("'size' is for format 'raw' only, not for ", quoted(spelling(volume.format))),
                  "make the image before: qemu-img create -f qcow2 IMAGE SIZE");
  decode_new_image(reader, volume);
  reader.read_line("serial", volume.serial);
  if (!is_serial(volume.serial))
    reader.report("serial", concat("'serial' must be at most ", k_most_serial_bytes,
                                   " letters, digits, '.', '_' and '-'"));
  reader.read_boolean("read_only", volume.read_only);
  reader.read_boolean("direct", volume.direct);
  return volume;
}

}  // namespace

void decode_volumes(const TableReader& reader, VirtualMachine& vm) {
  FirstOwners images("image");
  reader.read_tables("volumes", k_volume_keys, [&](const TableReader& element) {
    vm.volumes.push_back(decode_volume(element));
    images.claim(element, vm.volumes.back().image);
  });
}

}  // namespace vmcred::config
