#include "sandbox/confine.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <linux/landlock.h>
#include <memory>
#include <sched.h>
#include <seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"

namespace gsa::sandbox {
namespace {

// Landlock flags from version 3 on; Debian 12 has the headers of version 2.
constexpr std::uint64_t kTruncate = 1ULL << 14;  // version 3
constexpr std::uint64_t kIoctl = 1ULL << 15;     // version 5
constexpr std::uint64_t kEveryNetwork = 3;       // version 4: TCP bind and connect
constexpr std::uint64_t kEveryScope = 3;         // version 6: abstract sockets, signals
struct RulesetAttributes {
  std::uint64_t files, network, scopes;
};

constexpr std::uint64_t kFirstRights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;
constexpr std::uint64_t kTemporary = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                     LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                     LANDLOCK_ACCESS_FS_MAKE_REG | kTruncate;

int landlock_version() {
  return static_cast<int>(
      syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION));
}

std::uint64_t file_rights(int version) {
  std::uint64_t rights = kFirstRights;
  if (version >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3) rights |= kTruncate;
  if (version >= 5) rights |= kIoctl;
  return rights;
}

// The size of the attributes tells the kernel which members there are.
std::size_t size_of_attributes(int version) {
  const std::size_t members = version >= 6 ? 3 : version >= 4 ? 2 : 1;
  return members * sizeof(std::uint64_t);
}

bool allow(const Fd& ruleset, int beneath, std::uint64_t rights) {
  landlock_path_beneath_attr rule{};
  rule.allowed_access = rights;
  rule.parent_fd = beneath;
  return syscall(SYS_landlock_add_rule, ruleset.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
}

bool restrict_files(const Allowed& allowed) {
  const int version = landlock_version();
  if (version < 1) return false;
  const RulesetAttributes attributes{file_rights(version), kEveryNetwork, kEveryScope};
  const Fd ruleset(static_cast<int>(
      syscall(SYS_landlock_create_ruleset, &attributes, size_of_attributes(version), 0)));
  const Fd folder(open(allowed.temporary.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  return ruleset.get() >= 0 && folder.get() >= 0 &&
         allow(ruleset, allowed.snapshot, LANDLOCK_ACCESS_FS_READ_FILE) &&
         allow(ruleset, folder.get(), kTemporary & attributes.files) &&
         syscall(SYS_landlock_restrict_self, ruleset.get(), 0) == 0;
}

// Calls on files that are open or that Landlock allows to open; on the process's own memory,
// threads and time.
constexpr std::array kCalls = {
    "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "lseek",
    "close", "open", "openat", "stat", "fstat", "lstat", "newfstatat", "statx", "statfs", "fstatfs",
    "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getdents64", "getcwd",
    "ftruncate", "fallocate", "fadvise64", "fsync", "fdatasync", "sync_file_range", "unlink",
    "unlinkat", "dup", "fcntl", "flock",
    // For the socket to the server; the worker cannot make another.
    "sendmsg", "recvmsg", "poll", "ppoll", "brk", "mmap", "munmap", "mremap", "mprotect", "madvise",
    "mincore", "membarrier", "futex", "set_robust_list", "get_robust_list", "rseq",
    "set_tid_address", "gettid", "getpid", "sched_yield", "sched_getaffinity", "sched_setaffinity",
    "sched_getparam", "sched_getscheduler", "getcpu", "exit", "exit_group", "rt_sigaction",
    "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall", "clock_gettime",
    "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time", "getrandom",
    "getrusage", "times", "sysinfo", "uname", "getrlimit", "getuid", "geteuid", "getgid",
    "getegid"};

class Filter {
 public:
  Filter() : context_(seccomp_init(SCMP_ACT_ERRNO(ENOSYS)), seccomp_release) {}

  bool load() {
    if (!context_) return false;
    for (const char* name : kCalls) add(name);
    // Allows threads, but no processes. clone3 passes its flags in memory, where a filter cannot
    // see them; the C library falls back on clone if clone3 fails with ENOSYS.
    add("clone", SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
    // For abort(); signals to other processes stay forbidden.
    add("tgkill", SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid())));
    add("prctl", SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME));
    // The worker may read its limits.
    add("prlimit64", SCMP_A0(SCMP_CMP_EQ, 0), SCMP_A2(SCMP_CMP_EQ, 0));
    // Applies the filter to threads that exist already.
    seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_TSYNC, 1);
    return !failed_ && seccomp_load(context_.get()) == 0;
  }

 private:
  template <typename... Conditions>
  void add(const char* name, Conditions... conditions) {
    const int number = seccomp_syscall_resolve_name(name);
    if (number < 0) return;  // unknown on this machine
    constexpr unsigned kCount = sizeof...(conditions);
    failed_ = failed_ ||
              seccomp_rule_add(context_.get(), SCMP_ACT_ALLOW, number, kCount, conditions...) != 0;
  }

  std::unique_ptr<void, void (*)(scmp_filter_ctx)> context_;
  bool failed_ = false;
};

void set_limit(int resource, std::int64_t value) {
  const rlimit limit{static_cast<rlim_t>(value), static_cast<rlim_t>(value)};
  setrlimit(static_cast<__rlimit_resource>(resource), &limit);
}

constexpr std::int64_t kOpenFiles = 256;

}  // namespace

std::string missing_confinement() {
  if (landlock_version() < 1) return "the kernel has no Landlock";
  if (prctl(PR_GET_SECCOMP) < 0) return "the kernel has no seccomp";
  return "";
}

bool confine(const Allowed& allowed) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  const bool files = restrict_files(allowed);
  return Filter().load() && files;
}

void limit(const Limits& limits) {
  set_limit(RLIMIT_CORE, 0);
  set_limit(RLIMIT_NOFILE, kOpenFiles);
  if (limits.file_bytes > 0) set_limit(RLIMIT_FSIZE, limits.file_bytes);
  if (limits.address_space > 0 && !has_sanitizer()) {
    set_limit(RLIMIT_AS, mapped_bytes() + limits.address_space);
  }
}

std::int64_t mapped_bytes() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/statm", "r"),
                                                             std::fclose);
  long long pages = 0;
  if (!file || std::fscanf(file.get(), "%lld", &pages) != 1) return 0;
  return pages * static_cast<std::int64_t>(sysconf(_SC_PAGESIZE));
}

bool has_sanitizer() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  return true;
#else
  return false;
#endif
}

}  // namespace gsa::sandbox
