#pragma once

// The scheme, host and port that requests may go to. Addresses are parsed by libcurl, which also
// reads them when it sends a request.

#include <string>

#include "trino/connection_settings.h"

namespace gsa::trino {

// "https://trino.example:8443". Throws Error if host or port is invalid.
std::string origin_of(const ConnectionSettings& settings);

// True if `address` is below `origin`: same scheme, host and port, and no user or password in it.
bool is_below(const std::string& origin, const std::string& address);

// An address without path, query and password, for messages; "" if it is none.
std::string origin_of(const std::string& address);

}  // namespace gsa::trino
