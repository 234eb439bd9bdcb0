#pragma once

// Reports the failure of a command to the user and determines its exit code.

#include <cstdio>
#include <string>

#include "base/invocation.h"
#include "serve/served_commands.h"

namespace gsa::app {

inline constexpr int kUsageExit = 2;
inline constexpr int kInterruptedExit = 130;
inline constexpr int kBrokenPipeExit = serve::kBrokenPipeExit;

inline constexpr int kBugExit = 70;  // EX_SOFTWARE of sysexits.h

// "error: …" and, unless it is empty, "hint: …", on the command's stderr.
void print_error(const Invocation& invocation, const std::string& message, const std::string& hint);

// Whether the reader of the pipe is gone.
bool is_broken_pipe(std::FILE* stream);

// Prints the current exception, of any type, and returns its exit code. Call it in a catch block.
int report_failure(const Invocation& invocation);

}  // namespace gsa::app
