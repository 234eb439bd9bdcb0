#pragma once

// Tables for other engines: in types that all of them read alike from Parquet, and with what the
// types of DuckDB know besides.

#include <span>
#include <string>
#include <string_view>

#include "duck/database.h"

namespace gsa::remote {

// The table of words that a model reads on engines without enumerations (dbt/macros/engine.sql).
inline constexpr std::string_view kRawWords = "raw_words";

// The columns of a relation, quoted for SQL, as the select list of a portable copy: unsigned
// integers in the next wider signed type, of 64 bits as decimal(20, 0), because engines read them
// as signed and negative; integers of one byte in two; enumerations as texts; nested values as
// JSON. All other columns stay as they are.
std::string portable_columns(duck::Connection& connection, const std::string& relation);

// The query for raw_words: kind, position from 1, word. The kinds are names of types of the schema
// main, or of temporary ones.
std::string select_raw_words(std::span<const std::string_view> kinds);

}  // namespace gsa::remote
