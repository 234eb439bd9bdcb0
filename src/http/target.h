#pragma once

// The target of a request: "/api/sessions/7?tier=free" taken apart and decoded.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace gsa::http {

// Fills target, authority, path, segments and query of `request`. "" where it is well-formed, else
// what is wrong: a broken percent-encoding, a NUL, bytes that are no UTF-8, "." or ".." as a
// segment, a form that only proxies take. The path of "*" (of OPTIONS) is "*".
std::string read_target(std::string_view target, Request& request);

// Undoes percent-encoding. None where a '%' is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

// Encodes what has a meaning of its own in a query, and all that is not printable ASCII.
std::string percent_encode(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace gsa::http
