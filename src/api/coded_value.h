#pragma once

// A value of a dimension.

#include <cstdint>
#include <string>
#include <variant>

#include "api/json_writer.h"

namespace gsa::api {

// monostate: unknown.
using Value = std::variant<std::monostate, std::string, std::int64_t, bool>;

void write(JsonWriter& json, const Value& value);
std::string to_string(const Value& value);  // "free", "17", "null"
std::string sql_literal(const Value& value);

}  // namespace gsa::api
