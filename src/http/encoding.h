#pragma once

// Content codings: chooses the one that a client prefers, and implements gzip.

#include <string>
#include <string_view>

#include "http/message.h"

namespace gsa::http {

// The client's preference for a coding by its Accept-Encoding header, from 0 (never) to 1.
// "identity" is acceptable unless refused, but ranks below the codings that the header names.
double wanted(std::string_view accept_encoding, std::string_view coding);

std::string gzip(std::string_view bytes);

// Compresses the body of `response` if it is text in memory, large enough to gain, and the client
// accepts gzip. Always adds the Vary header.
void compress(Response& response, const Request& request);

}  // namespace gsa::http
