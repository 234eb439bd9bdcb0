#pragma once

// Parses and decodes the target of a request: "/api/sessions/7?tier=free".

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace gsa::http {

// Fills in target, authority, path, segments and query of `request`. Returns "" if it is
// well-formed, else the error: a broken percent-encoding, a NUL, invalid UTF-8, "." or ".." as a
// segment, or a form that only proxies accept. The path of "*" (for OPTIONS) is "*".
std::string read_target(std::string_view target, Request& request);

// Decodes percent-encoding. Null if a '%' is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space = false);

// Encodes characters with a meaning in a query, and everything but printable ASCII.
std::string percent_encode(std::string_view text);

bool is_utf8(std::string_view text);

}  // namespace gsa::http
