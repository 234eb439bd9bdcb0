#include "sandbox/probe.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace gsa::sandbox {
namespace {

long open_file(const std::string& path, int flags) {
  const int fd = open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd >= 0) close(fd);
  return fd;
}

long run_a_program() {
  const char* const arguments[] = {"/bin/true", nullptr};
  return execve(arguments[0], const_cast<char* const*>(arguments), nullptr);
}

using Attempt = std::pair<std::string, std::function<long()>>;

std::vector<Attempt> files(const std::string& folder) {
  const auto path = [&](const char* name) { return folder + "/" + name; };
  return {{"read /etc/passwd", [] { return open_file("/etc/passwd", O_RDONLY); }},
          {"read /proc/self/mem", [] { return open_file("/proc/self/mem", O_RDWR); }},
          {"read /proc/self/environ", [] { return open_file("/proc/self/environ", O_RDONLY); }},
          {"list /", [] { return open_file("/", O_RDONLY | O_DIRECTORY); }},
          {"list beside", [=] { return open_file(path(".."), O_RDONLY | O_DIRECTORY); }},
          {"write /tmp", [] { return open_file("/tmp/gsa-probe", O_WRONLY | O_CREAT); }},
          {"write beside", [=] { return open_file(path("../probe"), O_WRONLY | O_CREAT); }},
          {"write temporary", [=] { return open_file(path("probe"), O_RDWR | O_CREAT); }},
          {"remove temporary", [=] { return unlink(path("probe").c_str()); }},
          {"mkdir", [=] { return mkdir(path("probe").c_str(), 0700); }},
          {"symlink", [=] { return symlink("/etc/passwd", path("probe").c_str()); }},
          {"chmod", [=] { return chmod(folder.c_str(), 0777); }},
          {"chdir", [] { return chdir("/"); }}};
}

std::vector<Attempt> others() {
  return {{"socket inet", [] { return socket(AF_INET, SOCK_STREAM, 0); }},
          {"socket unix", [] { return socket(AF_UNIX, SOCK_STREAM, 0); }},
          {"connect",
           [] {
             const sockaddr_in address{};
             return connect(3, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
           }},
          {"execve", run_a_program},
          {"fork", [] { return syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, 0); }},
          {"clone3", [] { return syscall(SYS_clone3, nullptr, 0); }},
          {"unshare", [] { return unshare(CLONE_NEWUSER); }},
          {"ptrace", [] { return ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }},
          {"process_vm_readv",
           [] { return syscall(SYS_process_vm_readv, getppid(), nullptr, 0, nullptr, 0, 0); }},
          {"kill parent", [] { return kill(getppid(), 0); }},
          {"tgkill parent", [] { return syscall(SYS_tgkill, 1, 1, 0); }},
          {"raise limit",
           [] {
             const rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
             return setrlimit(RLIMIT_AS, &limit);
           }},
          {"prctl", [] { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }},
          {"bpf", [] { return syscall(SYS_bpf, 0, nullptr, 0); }},
          {"io_uring", [] { return syscall(SYS_io_uring_setup, 1, nullptr); }},
          {"keyctl", [] { return syscall(SYS_keyctl, 0, 0, 0, 0, 0); }},
          {"mount", [] { return mount("none", "/", "tmpfs", 0, nullptr); }},
          {"userfaultfd", [] { return syscall(SYS_userfaultfd, 0); }},
          {"perf", [] { return syscall(SYS_perf_event_open, nullptr, 0, 0, 0, 0); }},
          {"memfd", [] { return syscall(SYS_memfd_create, "probe", 0); }}};
}

}  // namespace

std::vector<std::string> probe(const std::string& temporary_folder) {
  std::vector<std::string> results;
  const auto attempt = [&](const std::vector<Attempt>& list) {
    for (const auto& [name, act] : list) {
      errno = 0;
      const bool failed = act() < 0;
      results.push_back(fmt::format("{}={}", name, failed ? strerrorname_np(errno) : "done"));
    }
  };
  attempt(files(temporary_folder));
  attempt(others());
  return results;
}

}  // namespace gsa::sandbox
