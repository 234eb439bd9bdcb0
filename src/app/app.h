#pragma once

// The program: the command line and the wiring of all modules.

namespace gsa::app {

// Runs the command that `argv` names and returns the exit code: 0, 1 failed, 2 usage, 3 data tests
// failed, 70 a bug, 130 interrupted. Never throws.
int main(int argc, char** argv);

}  // namespace gsa::app
