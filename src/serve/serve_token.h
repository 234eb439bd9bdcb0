#pragma once

// The token of `gsa serve`: what keeps other users of the machine, and of the network, from reading
// the warehouse and starting runs through the server.

#include <string>

#include "base/environment.h"

namespace gsa::serve {

struct TokenOptions {
  std::string file;   // --token-file
  bool none = false;  // --no-token
};

// That of the file, or of GSA_TOKEN, or a new one where one is `wanted`; "" for none. Throws Error
// where the file cannot be read, others may read it, or what it holds is no token: 16 to 256
// letters, digits and -._~, on one line.
std::string serve_token(const TokenOptions& options, const Environment& environment, bool wanted);

// Whether every user of the machine may read the file: it, and the folders above it, are open to
// others. A file that is not there yet is taken for one that others may read.
bool others_may_read(const std::string& path);

}  // namespace gsa::serve
