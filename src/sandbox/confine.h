#pragma once

// Permanently takes from this process everything that a reader's SQL does not need: files, the
// network, other processes, and unlimited memory and disk. Whatever an attacker makes DuckDB do, it
// then harms only this process.
//
//   Landlock   may read the snapshot, and read and write the folder for temporary files. Forbids
//              other files, TCP, signals to others and abstract sockets, as far as the kernel
//              supports each
//   seccomp    allows the system calls that DuckDB and the C library need, by a list; all others
//              fail with ENOSYS. A list of forbidden calls would have to foresee every new call
//   limits     on address space, file size and open files; no core files
//
// Landlock does not hold threads that were started before, so call confine() while there is only
// one thread. There is no limit on threads (RLIMIT_NPROC would count those of all the user's
// processes), but each needs address space for its stack.

#include <cstdint>
#include <string>

namespace gsa::sandbox {

// What this system lacks: "the kernel has no Landlock"; empty if it lacks nothing.
std::string missing_confinement();

struct Allowed {
  int snapshot = -1;      // an open file
  std::string temporary;  // a folder
};

// Applies Landlock and seccomp, for the rest of the process's life. False if the system lacks one
// of them: then rely on neither.
bool confine(const Allowed& allowed);

struct Limits {
  std::int64_t address_space = 0;  // in addition to what is mapped now; 0: no limit
  std::int64_t file_bytes = 0;
};
void limit(const Limits& limits);

// The address space that is mapped now.
std::int64_t mapped_bytes();

// Whether the binary has sanitizers, which map terabytes and start their own threads.
bool has_sanitizer();

}  // namespace gsa::sandbox
