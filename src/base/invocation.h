#pragma once

// One command being carried out: its streams, its environment, its folder, and what stops it. A
// process that runs a single command has one invocation, with the process's own streams. A server
// that carries out commands for other processes has one invocation per command. It is passed to
// everything that works for the command.

#include <cstdio>
#include <stop_token>
#include <string>

#include "base/environment.h"
#include "base/terminal.h"

namespace gsa {

struct Invocation {
  // That of the process, until `stop` is asked for.
  explicit Invocation(std::stop_token token = {}) : stop(std::move(token)) {}

  std::FILE* in = stdin;
  Environment environment = {};
  TextOutput out{stdout, environment};
  TextOutput err{stderr, environment};
  std::string folder = {};  // absolute, where relative paths begin; empty: the process's own
  std::stop_token stop;     // Ctrl-C, or the end of the server

  bool is_of_another_process() const { return !folder.empty(); }
  // A path as it was typed, as this process can open it: unchanged in the process's own folder.
  std::string path(const std::string& typed) const;
  // Throws Error{interrupted} once `stop` was asked for.
  void stop_if_interrupted() const;
};

}  // namespace gsa
