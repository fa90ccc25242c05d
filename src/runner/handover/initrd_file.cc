// SPDX-License-Identifier: Apache-2.0
#include "runner/handover/initrd_file.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cassert>
#include <cerrno>
#include <optional>

#include "base/file.h"
#include "base/text.h"
#include "credential/initrd_segment.h"
#include "runner/handover/guest_program.h"
#include "runner/handover/mapped_bytes.h"
#include "runner/handover/transport_files.h"
#include "secret/sealed_file.h"

namespace vmcred::runner {
namespace {

using base::Result;
using base::UniqueFd;
using credential::CredentialSet;

struct OpenedFile {
  UniqueFd file;
  std::size_t size;
};

Result<OpenedFile> open_regular(const std::string& path) {
  auto file = base::open_file(path, O_RDONLY | O_NOCTTY);
  struct stat status{};
  if (!file || ::fstat(file->get(), &status) != 0 || !S_ISREG(status.st_mode))
    return base::Error{.kind = base::ErrorKind::host,
                       .what = file ? base::concat(path, ": expected a regular file") : file.error().what};
  return OpenedFile{.file = *std::move(file), .size = static_cast<std::size_t>(status.st_size)};
}

// The kernel copies; of a file that shrinks meanwhile nothing is taken.
Result<void> copy_whole(const OpenedFile& from, const UniqueFd& to, const std::string& path) {
  off_t offset = 0;
  while (static_cast<std::size_t>(offset) < from.size) {
    const ssize_t n =
        ::sendfile(to.get(), from.file.get(), &offset, from.size - static_cast<std::size_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::errno_error(path);
    if (n == 0)
      return base::Error{.kind = base::ErrorKind::host,
                         .what = base::concat(path, " changed while it was read")};
  }
  return {};
}

// The program for the guest, where the set goes with one.
Result<std::optional<MappedBytes>> shim_program(const vmm::PlannedFile& planned) {
  if (planned.next_init.empty()) return std::optional<MappedBytes>();
  VMCRED_TRY_ASSIGN(const std::string path, find_guest_program());
  VMCRED_TRY_ASSIGN(const OpenedFile program, open_regular(path));
  VMCRED_TRY_ASSIGN(MappedBytes bytes,
                    MappedBytes::map(program.file, 0, program.size, MappedBytes::Access::read));
  return std::optional(std::move(bytes));
}

}  // namespace

Result<UniqueFd> make_initrd_file(const vmm::PlannedFile& planned, const CredentialSet& set) {
  assert(planned.credentials.size() == set.size());
  VMCRED_TRY_ASSIGN(const auto shim, shim_program(planned));
  VMCRED_TRY_ASSIGN(const OpenedFile initrd, open_regular(planned.initrd));
  VMCRED_TRY_ASSIGN(UniqueFd file, secret::make_memory_file(k_file_name));
  VMCRED_TRY(copy_whole(initrd, file, planned.initrd));

  const auto outlines = credential::archived_outlines(set);
  const std::size_t size =
      shim ? credential::initrd_segment_size(outlines, shim->bytes().size(), planned.next_init)
           : credential::import_segment_size(outlines);
  const std::size_t start = initrd.size + credential::initrd_padding(initrd.size);
  if (::ftruncate(file.get(), static_cast<off_t>(start + size)) != 0) return base::errno_error("memory file");
  {
    VMCRED_TRY_ASSIGN(MappedBytes segment,
                      MappedBytes::map(file, static_cast<off_t>(start), size, MappedBytes::Access::write));
    if (shim)
      credential::write_initrd_segment(set, {.program = shim->bytes(), .next_init = planned.next_init},
                                       segment.writable_bytes());
    else
      credential::write_import_segment(set, segment.writable_bytes());
  }
  VMCRED_TRY(secret::seal(file));
  if (::lseek(file.get(), 0, SEEK_SET) != 0) return base::errno_error("memory file");
  return file;
}

}  // namespace vmcred::runner
