#pragma once

// The program: parses the command line and connects all modules.

#include <string>
#include <vector>

#include "pipeline/host.h"

namespace gsa::app {

// Runs the command in `argv` and returns the exit code: 0 success, 1 failure, 2 usage, 3 failed
// data tests, 70 a bug, 130 interrupted. Never throws.
int main(int argc, char** argv);

// The same for words without the program's name, in any host. Returns once all output is written.
int run_arguments(const std::vector<std::string>& arguments, pipeline::Host& host);

}  // namespace gsa::app
