#pragma once

// JSON whose numbers keep their exact values.

#include <optional>
#include <string_view>

#include <boost/json/value.hpp>

namespace gsa::trino {

// Null if `text` is no JSON. A whole number is an int64, or a uint64 above that, or else a string
// of its digits; another number is the nearest double, which boost::json::parse misses by a bit at
// times. Takes 1000 levels: the stages of a large query nest deeper than the usual 32.
std::optional<boost::json::value> parse_exact_json(std::string_view text);

}  // namespace gsa::trino
