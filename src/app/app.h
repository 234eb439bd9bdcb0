#pragma once

// The program: the command line and the wiring of all modules.

#include <string>
#include <vector>

#include "pipeline/host.h"

namespace gsa::app {

// Runs the command that `argv` names and returns the exit code: 0, 1 failed, 2 usage, 3 data tests
// failed, 70 a bug, 130 interrupted. Never throws.
int main(int argc, char** argv);

// The same of words without the program's name, whoever carries the command out: returns once all
// that it printed is written.
int run_arguments(const std::vector<std::string>& arguments, pipeline::Host& host);

}  // namespace gsa::app
