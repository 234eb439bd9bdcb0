#pragma once

// A request of a command to the gsa serve that holds its warehouse, as texts on a socket.

#include <map>
#include <string>
#include <vector>

namespace gsa::serve {

struct ServedRequest {
  enum class Kind {
    command,   // run a command
    snapshot,  // return the path of a current snapshot
  };
  Kind kind = Kind::command;
  std::string folder;                  // of a command: absolute, the base of its relative paths
  std::vector<std::string> arguments;  // at least one
  std::map<std::string, std::string> environment;
};

// Uses the folder and the environment of this process.
std::vector<std::string> texts_of(ServedRequest::Kind kind,
                                  const std::vector<std::string>& arguments);

// Throws Error if this is no request, or one of another version of gsa.
ServedRequest read_served_request(const std::vector<std::string>& texts);

}  // namespace gsa::serve
