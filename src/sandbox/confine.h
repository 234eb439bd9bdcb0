#pragma once

// Takes from this process, for good, what a reader's SQL does not need: files, the network, other
// processes, and memory and disk without limit. What DuckDB can be brought to do inside it then
// harms nothing but itself.
//
//   Landlock   reads the snapshot, reads and writes the folder for temporary files; no other file,
//              no TCP, no signal to others, no abstract socket, as far as the kernel knows these
//   seccomp    the system calls that DuckDB and the C library need, each on a list; all others fail
//              with ENOSYS. A list of what is forbidden would have to know every call to come.
//   limits     of address space, of the size of a file, of open files; no core files
//
// Threads that were started before are not held by Landlock: call it while there is one. The number
// of threads has no limit of its own (RLIMIT_NPROC counts those of all processes of the user); each
// needs address space for its stack.

#include <cstdint>
#include <string>

namespace gsa::sandbox {

// What this system lacks for it: "the kernel has no Landlock"; empty where it has all.
std::string missing_confinement();

struct Allowed {
  int snapshot = -1;      // an open file
  std::string temporary;  // a folder
};

// Landlock and seccomp. False where the system lacks one of them: then neither is to be relied on.
bool confine(const Allowed& allowed);

struct Limits {
  std::int64_t address_space = 0;  // beyond what is mapped now; 0: none
  std::int64_t file_bytes = 0;
};
void limit(const Limits& limits);

// Address space that is mapped now.
std::int64_t mapped_bytes();

// Whether sanitizers are built in, which map terabytes and start threads of their own.
bool has_sanitizer();

}  // namespace gsa::sandbox
