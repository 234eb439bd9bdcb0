#pragma once

// Content codings: which one a client likes best, and gzip.

#include <string>
#include <string_view>

#include "http/message.h"

namespace gsa::http {

// How much the client wants a coding, from 0 (not at all) to 1, by its Accept-Encoding header.
// "identity" is taken by all who do not refuse it, but wanted less than what they name.
double wanted(std::string_view accept_encoding, std::string_view coding);

std::string gzip(std::string_view bytes);

// Compresses the body of `response` where it is text held in memory that is worth it, and the
// client takes gzip. Says in any case that the answer depends on it.
void compress(Response& response, const Request& request);

}  // namespace gsa::http
