#pragma once

// How a command that fails tells the user, and its exit code.

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

// Whether who would read it has gone.
bool is_broken_pipe(std::FILE* stream);

// Prints the exception that is being handled, whatever it is, and returns its exit code. Call it in
// a catch block.
int report_failure(const Invocation& invocation);

}  // namespace gsa::app
