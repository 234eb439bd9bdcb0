#pragma once

// The token of `gsa serve`. It keeps other users of the machine and the network from reading the
// warehouse and starting runs through the server.

#include <string>

#include "base/environment.h"

namespace gsa::serve {

struct TokenOptions {
  std::string file;   // --token-file
  bool none = false;  // --no-token
};

// The token in the file or in GSA_TOKEN, or else a new one if `wanted`; "" for none. Throws Error
// if the file cannot be read, if others may read it, or if its content is no token: 16 to 256
// letters, digits and -._~, on one line.
std::string serve_token(const TokenOptions& options, const Environment& environment, bool wanted);

// Whether every user of the machine may read the file: the file and all folders above it are open
// to others. A missing file counts as readable.
bool others_may_read(const std::string& path);

}  // namespace gsa::serve
