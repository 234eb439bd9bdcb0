#pragma once

// A command as it is carried out: where it reads and writes, its environment, and whether it was
// interrupted. A process that is one command has the process's own; a server that carries out
// commands for other processes has one for each, on the command's thread and on those that work for
// it.

#include <atomic>
#include <cstdio>
#include <map>
#include <optional>
#include <string>

namespace gsa {

struct Invocation {
  std::FILE* in = stdin;
  std::FILE* out = stdout;
  std::FILE* err = stderr;
  std::optional<std::map<std::string, std::string>> environment;  // nothing: the process's
  int folder = -1;  // open, where relative paths begin; -1: the process's working folder
  std::atomic<bool> interrupted = false;  // beside what is signalled to the process
};

// That of this thread: the process's own outside every scope.
Invocation& invocation();

// From here to its end the thread works for this invocation, in its folder. A thread that is
// started for a command takes over that of the one that starts it; DuckDB's do not, so that SQL
// names files by absolute paths.
class InvocationScope {
 public:
  explicit InvocationScope(Invocation& invocation);
  ~InvocationScope();
  InvocationScope(const InvocationScope&) = delete;
  InvocationScope& operator=(const InvocationScope&) = delete;

 private:
  Invocation* before_;
  int folder_before_ = -1;
};

inline std::FILE* out_stream() { return invocation().out; }
inline std::FILE* err_stream() { return invocation().err; }
int out_fd();
int err_fd();
// A variable of the environment.
std::optional<std::string> environment(const std::string& name);

}  // namespace gsa
