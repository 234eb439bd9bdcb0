#pragma once

// One command being carried out: its streams, its environment, its folder, and whether it was
// interrupted. A process that runs a single command has one invocation, with the process's own
// streams. A server that carries out commands for other processes has one invocation per command,
// which the command's thread and its helper threads enter.

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
  std::optional<std::map<std::string, std::string>> environment;  // null: the process's
  int folder = -1;  // open; relative paths start here; -1: the process's working folder
  std::atomic<bool> interrupted = false;  // in addition to the process's signals
};

// The invocation of this thread; outside every scope, the process's own.
Invocation& invocation();

// Within the scope, this thread works for the invocation and in its folder. A thread started for a
// command must enter the invocation of the thread that starts it. DuckDB's threads do not, so SQL
// must name files by absolute paths.
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
