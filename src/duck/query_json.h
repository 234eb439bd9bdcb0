#pragma once

// The rows of a SELECT as JSON, without loss:
//
//   BOOLEAN                          true, false
//   integers up to ±(2^53 − 1)       number; larger ones text, as JavaScript has only doubles
//   FLOAT, DOUBLE                    number with all its digits; "NaN", "Infinity", "-Infinity"
//   DECIMAL                          text, "12.3400"
//   DATE, TIME, TIMESTAMP, INTERVAL, UUID, ENUM, VARCHAR   text, as DuckDB casts them
//   BLOB                             text, base64
//   LIST, ARRAY                      array
//   STRUCT                           object
//   MAP                              array of [key, value]
//   all others                       the whole column as text, as DuckDB casts it
//   null                             null

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"

namespace gsa::duck {

struct JsonColumn {
  std::string name;
  std::string type;  // "DECIMAL(14,4)[]"
  std::string kind;  // integer, number, decimal, boolean, text, date, time, timestamp, interval,
                     // blob, list, struct, map, other
};

enum class Truncation { none, rows, bytes };

struct JsonRows {
  std::vector<JsonColumn> columns;
  std::string rows;  // "[[1,"a"],[2,null]]"
  Truncation truncated = Truncation::none;
};

// Runs `sql`, a single SELECT. Reads at most `max_rows` rows, and stops after the row that reaches
// `max_bytes`. Throws SqlError; throws Error if that row alone would make the answer twice as long.
JsonRows query_json(Connection& connection, const std::string& sql, std::size_t max_rows,
                    std::size_t max_bytes);

// Runs one SELECT and gives each row as a JSON object, {"user":"a","cost":12.34}, for programs
// other than pages: as above, but integers and decimals are numbers of any length, NaN and
// infinities null, a map an object, a blob DuckDB's text of it, and a JSON column JSON. A name that
// occurs again gets a number: "n", "n_1". Holds one row at a time; `write` returns false to stop
// early. Throws SqlError.
void stream_json(Connection& connection, const std::string& select,
                 const std::function<bool(std::string_view object)>& write);
// All rows in one array, "[{…},{…}]" or "[]"; and the first row alone, "null" if there is none.
std::string json_array(Connection& connection, const std::string& select);
std::string json_object(Connection& connection, const std::string& select);

// The number of statements in a text. Only parses it; throws SqlError if that fails.
std::size_t count_statements(Connection& connection, const std::string& sql);
// Whether the first statement is a SELECT. Binds it to find out; throws SqlError if that fails.
bool is_select(Connection& connection, const std::string& sql);

}  // namespace gsa::duck
