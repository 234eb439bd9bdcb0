#pragma once

// What a command asks of the gsa serve that has its warehouse, as texts on the socket between them.

#include <map>
#include <string>
#include <vector>

namespace gsa::serve {

struct ServedRequest {
  enum class Kind {
    command,   // to be carried out
    snapshot,  // where a current one is
  };
  Kind kind = Kind::command;
  std::string folder;                  // of a command: absolute, where its relative paths begin
  std::vector<std::string> arguments;  // at least one
  std::map<std::string, std::string> environment;
};

// With the folder and the environment of this process.
std::vector<std::string> texts_of(ServedRequest::Kind kind,
                                  const std::vector<std::string>& arguments);

// Throws Error for what is no request, or one of another version of gsa.
ServedRequest read_served_request(const std::vector<std::string>& texts);

}  // namespace gsa::serve
