#pragma once

// Appends rows from memory: DuckDB does not have to parse them as the text of an INSERT.

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

// Appends rows to a table, in the connection's transaction if it has begun one. A row has a value
// for each column, in the table's order. A value has the column's type or one that DuckDB casts to
// it: a time goes into a TIMESTAMP, a list into a VARCHAR[], a map into a MAP(VARCHAR, VARCHAR).
// Throws SqlError (no such table, wrong number of columns, …); the caller then rolls back, which
// discards the rows appended before.
void append(Connection& connection, const std::string& schema, const std::string& table,
            const std::vector<Row>& rows);

}  // namespace gsa::duck
