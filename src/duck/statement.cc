#include "duck/statement.h"

#include <string_view>

#include <fmt/format.h>

#include "duck/sql_error.h"

namespace gsa::duck {
namespace {

SqlErrorKind kind_of(duckdb_error_type type) {
  switch (type) {
    case DUCKDB_ERROR_PARSER:
    case DUCKDB_ERROR_SYNTAX:
      return SqlErrorKind::parser;
    case DUCKDB_ERROR_BINDER:
      return SqlErrorKind::binder;
    case DUCKDB_ERROR_CATALOG:
      return SqlErrorKind::catalog;
    case DUCKDB_ERROR_CONVERSION:
      return SqlErrorKind::conversion;
    case DUCKDB_ERROR_CONSTRAINT:
      return SqlErrorKind::constraint;
    case DUCKDB_ERROR_INVALID_INPUT:
      return SqlErrorKind::invalid_input;
    case DUCKDB_ERROR_IO:
      return SqlErrorKind::io;
    case DUCKDB_ERROR_OUT_OF_MEMORY:
      return SqlErrorKind::out_of_memory;
    case DUCKDB_ERROR_INTERRUPT:
      return SqlErrorKind::interrupted;
    case DUCKDB_ERROR_INTERNAL:
      return SqlErrorKind::internal;
    case DUCKDB_ERROR_FATAL:
      return SqlErrorKind::invalidated;
    default:
      return SqlErrorKind::other;
  }
}

// The text of a JSON string whose first character after the quote is at `at`.
std::string unquote(std::string_view json, std::size_t at) {
  std::string text;
  for (; at < json.size() && json[at] != '"'; ++at) {
    if (json[at] != '\\' || at + 1 == json.size()) {
      text += json[at];
    } else {
      ++at;
      text += json[at] == 'n' ? '\n' : json[at];
    }
  }
  return text;
}

// Errors from before a query runs arrive as JSON: {"exception_type":"Out of
// Memory","exception_message":"…"}. So do errors from our own functions, with a word in front of
// the JSON.
SqlError error_of(SqlErrorKind kind, const std::string& message) {
  constexpr std::string_view kType = "{\"exception_type\":\"";
  constexpr std::string_view kMessage = "\"exception_message\":\"";
  const std::size_t begin = message.find(kType), text = message.find(kMessage);
  if (begin == std::string::npos || text == std::string::npos) return {kind, message};
  const std::string type = unquote(message, begin + kType.size());
  const SqlErrorKind named = type == "Out of Memory" ? SqlErrorKind::out_of_memory
                             : type == "INTERRUPT"   ? SqlErrorKind::interrupted
                             : type == "IO"          ? SqlErrorKind::io
                             : type == "INTERNAL"    ? SqlErrorKind::internal
                             : type == "FATAL"       ? SqlErrorKind::invalidated
                                                     : kind;
  return {named, fmt::format("{} Error: {}", type, unquote(message, text + kMessage.size()))};
}

}  // namespace

void throw_error(duckdb_result& result) {
  const char* message = duckdb_result_error(&result);
  throw error_of(kind_of(duckdb_result_error_type(&result)), message ? message : "unknown error");
}

void throw_prepare_error(duckdb_prepared_statement prepared) {
  const std::string message = duckdb_prepare_error(prepared);
  const auto starts = [&](std::string_view text) { return message.starts_with(text); };
  throw error_of(starts("Parser")     ? SqlErrorKind::parser
                 : starts("Catalog")  ? SqlErrorKind::catalog
                 : starts("Binder")   ? SqlErrorKind::binder
                 : starts("IO")       ? SqlErrorKind::io
                 : starts("INTERNAL") ? SqlErrorKind::internal
                 : starts("FATAL")    ? SqlErrorKind::invalidated
                                      : SqlErrorKind::other,
                 message);
}

Prepared prepare(duckdb_connection connection, const std::string& sql) {
  Prepared prepared;
  if (duckdb_prepare(connection, sql.c_str(), prepared.out()) == DuckDBError) {
    throw_prepare_error(prepared.get());
  }
  return prepared;
}

}  // namespace gsa::duck
