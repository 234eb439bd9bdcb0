#pragma once

// Rows from memory, which DuckDB need not read as the text of an INSERT.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "duck/database.h"

namespace gsa::duck {

// std::monostate is null. Texts are UTF-8.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string,
                           std::chrono::system_clock::time_point, std::vector<std::string>,
                           std::map<std::string, std::string>>;
using Row = std::vector<Value>;

// Adds rows to the end of a table, in the connection's transaction if it has begun one. A row has a
// value for each column, in their order: of its type, or of one that DuckDB casts to it; a time
// goes into a TIMESTAMP, a list into a VARCHAR[], a map into a MAP(VARCHAR, VARCHAR). Throws
// SqlError: no such table, a row with other columns, …; then none of the rows counts once the
// caller rolled back.
void append(Connection& connection, const std::string& schema, const std::string& table,
            const std::vector<Row>& rows);

}  // namespace gsa::duck
