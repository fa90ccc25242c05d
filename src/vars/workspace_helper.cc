// SPDX-License-Identifier: Apache-2.0
#include "vars/workspace_helper.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/file.h"
#include "base/text.h"
#include "secret/memory_mount.h"
#include "vars/workspace.h"

namespace vmcred::vars {
namespace {

using base::UniqueFd;

// What a script may have at once, where the folder is a tmpfs; a ramfs has no limit.
constexpr const char* k_max_size = "64M";
constexpr rlim_t k_max_written_bytes = 64UL * 1024 * 1024;

[[noreturn]] void fail(int socket, std::string_view stage) {
  HelperReport report{.error_number = errno};
  stage.copy(report.stage, sizeof report.stage - 1);
  (void)send_with_descriptor(socket, report, -1);
  ::_exit(1);
}

bool write_text(const char* path, const std::string& text) {
  const UniqueFd file(::open(path, O_WRONLY | O_CLOEXEC));
  return file.valid() && ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// With the right to mount, we keep our user namespace: only there can a tmpfs be kept out of swap.
void enter_namespaces(int socket) {
  if (::unshare(CLONE_NEWNS | CLONE_NEWPID) == 0) return;
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) != 0) fail(socket, "namespaces");
  // Where vmcred may not be looked into, its /proc/self is root's for as long.
  ::prctl(PR_SET_DUMPABLE, 1);
  if (!write_text("/proc/self/setgroups", "deny") ||
      !write_text("/proc/self/uid_map", base::concat(user, " ", user, " 1")) ||
      !write_text("/proc/self/gid_map", base::concat(group, " ", group, " 1")))
    fail(socket, "user namespace");
  ::prctl(PR_SET_DUMPABLE, 0);
}

UniqueFd attach_folder(int socket) {
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) fail(socket, "mount namespace");
  const auto mount = secret::make_memory_mount(k_max_size);
  if (!mount) fail(socket, "file system in memory");
  const std::string path(k_workspace_path);
  if (::move_mount(mount->get(), "", AT_FDCWD, path.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0)
    fail(socket, path);
  UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.valid()) fail(socket, path);
  return folder;
}

// A crash must not put memory on a disk: 1 byte, for 0 would still feed a crash handler behind a pipe.
void limit_resources() {
  const rlimit core{.rlim_cur = 1, .rlim_max = 1};
  const rlimit file{.rlim_cur = k_max_written_bytes, .rlim_max = k_max_written_bytes};
  ::setrlimit(RLIMIT_CORE, &core);
  ::setrlimit(RLIMIT_FSIZE, &file);
}

[[noreturn]] void become(const std::vector<std::string>& command, const HelperEnds& ends) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  limit_resources();
  // bubblewrap looks its own child up by its number, which is one of the new process name space. Where nobody
  // may mount a /proc of it, the old one has to do.
  (void)::mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr);
  std::vector<char*> argv;
  for (const std::string& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  char* environment[] = {nullptr};
  // First out of the way of the numbers that are given away now.
  const int started = ::fcntl(ends.started, F_DUPFD_CLOEXEC, 10);
  const int output = ::fcntl(ends.output, F_DUPFD_CLOEXEC, 10);
  const int input = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const bool ready = input >= 0 && ::dup2(input, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0 &&
                     ::dup2(output, STDERR_FILENO) >= 0 && ::dup2(started, k_started_fd) >= 0;
  // Whatever else vmcred has open without close-on-exec is none of the program's business.
  if (ready && ::close_range(k_started_fd + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
    ::execve(argv[0], argv.data(), environment);
  ::_exit(127);
}

}  // namespace

bool send_with_descriptor(int socket, const HelperReport& report, int descriptor) {
  iovec data{.iov_base = const_cast<HelperReport*>(&report), .iov_len = sizeof report};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == sizeof report;
}

void run_workspace_helper(const std::vector<std::string>& command, const HelperEnds& ends) {
  const pid_t parent = ::getppid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  enter_namespaces(ends.socket);
  {
    const UniqueFd folder = attach_folder(ends.socket);
    if (!send_with_descriptor(ends.socket, {}, folder.get())) ::_exit(1);
  }
  char go = 0;
  if (::recv(ends.socket, &go, sizeof go, 0) != sizeof go) ::_exit(1);
  const pid_t child = ::fork();
  if (child < 0) ::_exit(1);
  if (child == 0) become(command, ends);
  ::close(ends.output);
  ::close(ends.started);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) ::_exit(1);
  (void)::send(ends.socket, &status, sizeof status, MSG_NOSIGNAL);
  ::_exit(0);
}

}  // namespace vmcred::vars
