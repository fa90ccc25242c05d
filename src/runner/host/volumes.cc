// SPDX-License-Identifier: Apache-2.0
#include "runner/host/volumes.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstdio>

#include "base/file.h"
#include "base/process.h"
#include "base/scope_exit.h"
#include "base/text.h"
#include "runner/beside/companion.h"
#include "runner/beside/helper_program.h"
#include "runner/handover/replace_process.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;
using config::Volume;

constexpr std::uint64_t k_mib = 1024UL * 1024;

// How a file system's own program is told the label, and what must be said so that it asks no questions.
struct Maker {
  std::string_view file_system;
  std::string_view package;
  std::string_view label_option;
  std::string_view quiet_option;
};
constexpr std::array k_makers = std::to_array<Maker>({
    {"ext2", "e2fsprogs", "-L", "-qF"},
    {"ext3", "e2fsprogs", "-L", "-qF"},
    {"ext4", "e2fsprogs", "-L", "-qF"},
    {"xfs", "xfsprogs", "-L", "-q"},
    {"btrfs", "btrfs-progs", "-L", "-q"},
    {"vfat", "dosfstools", "-n", ""},
});

Error host_error(std::string what, std::string hint) {
  return {.kind = ErrorKind::host, .what = std::move(what), .hint = std::move(hint)};
}

Result<void> make_file_system(const Volume& volume, const std::string& file) {
  if (volume.file_system.empty()) return {};
  const std::string name = concat("mkfs.", volume.file_system);
  const auto* const maker = std::ranges::find(k_makers, volume.file_system, &Maker::file_system);
  assert(maker != k_makers.end());  // the config knows no others
  // Where administrators' programs are, a user's $PATH may not say.
  const std::string program = find_helper(name, {"/usr/sbin", "/sbin"});
  if (program.empty())
    return host_error(concat(name, " is not installed"), concat("install it: apt install ", maker->package));
  std::vector<std::string> words = {program};
  if (!maker->quiet_option.empty()) words.emplace_back(maker->quiet_option);
  if (!volume.label.empty()) {
    words.emplace_back(maker->label_option);
    words.push_back(volume.label);
  }
  words.insert(words.end(), volume.mkfs_args.begin(), volume.mkfs_args.end());
  words.push_back(file);
  VMCRED_TRY_ASSIGN(const auto outcome,
                    base::run_program({.words = words, .environment = clean_environment()}));
  if (outcome.exit_code == 0) return {};
  return host_error(
      concat(name, " failed: ", base::escaped(outcome.errors.empty() ? outcome.output : outcome.errors)),
      "correct the volume's 'mkfs_args', 'label' or 'size'");
}

// Btrfs would copy each block that the guest writes. Others don't know the flag.
void turn_copy_on_write_off(const UniqueFd& file) {
  int flags = 0;
  if (::ioctl(file.get(), FS_IOC_GETFLAGS, &flags) != 0) return;
  flags |= FS_NOCOW_FL;
  static_cast<void>(::ioctl(file.get(), FS_IOC_SETFLAGS, &flags));
}

Result<void> reach_disk(const std::string& path, int flags) {
  VMCRED_TRY_ASSIGN(const UniqueFd opened, base::open_file(path, O_RDONLY | flags));
  if (::fsync(opened.get()) != 0) return base::errno_error(path);
  return {};
}

// Under another name until it is whole. Nobody else makes it meanwhile: there is one start of a VM at a time.
Result<void> make_image(const Volume& volume) {
  const std::string unfinished = concat(volume.image, ".unfinished");
  if (::unlink(unfinished.c_str()) != 0 && errno != ENOENT) return base::errno_error(unfinished);
  const base::ScopeExit clean_up([&] { ::unlink(unfinished.c_str()); });
  VMCRED_TRY_ASSIGN(const UniqueFd file,
                    base::open_file(unfinished, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, S_IRUSR | S_IWUSR));
  turn_copy_on_write_off(file);
  if (::ftruncate(file.get(), static_cast<off_t>(volume.size_mib * k_mib)) != 0)
    return base::errno_error(unfinished);
  VMCRED_TRY(make_file_system(volume, unfinished));
  VMCRED_TRY(reach_disk(unfinished, 0));
  if (::rename(unfinished.c_str(), volume.image.c_str()) != 0) return base::errno_error(volume.image);
  return reach_disk(volume.image.substr(0, volume.image.rfind('/') + 1), O_DIRECTORY);
}

Result<void> make_if_missing(const Volume& volume) {
  if (base::path_exists(volume.image)) return {};
  if (volume.size_mib == 0)
    return host_error(concat("the image ", volume.image, " is missing"),
                      "make it, or set the volume's 'size' to have it made");
  if (volume.format != Volume::Format::raw)
    return host_error(concat("the image ", volume.image, " is missing, and only raw ones are made"),
                      concat("make it: qemu-img create -f qcow2 ", volume.image, " ", volume.size_mib, "M"));
  if (auto made = make_image(volume); !made) {
    Error error = in(concat("volume ", volume.image), std::move(made));
    error.kind = ErrorKind::host;
    return std::move(error).with_hint("the VM's user must be able to write the image's directory");
  }
  return {};
}

}  // namespace

Result<void> make_missing_volumes(const config::VirtualMachine& vm, const std::optional<Identity>& identity) {
  if (vm.volumes.empty()) return {};
  return do_as(identity, [&]() -> Result<void> {
    for (const auto& volume : vm.volumes) VMCRED_TRY(make_if_missing(volume));
    return {};
  });
}

}  // namespace vmcred::runner
