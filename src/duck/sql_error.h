#pragma once

// What DuckDB says when it refuses a statement.

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"

namespace gsa::duck {

enum class SqlErrorKind {
  parser,      // not SQL
  binder,      // unknown table or column, wrong types in the query
  catalog,     // unknown function, table that exists already …
  conversion,  // a value that cannot be cast
  constraint,
  invalid_input,  // a file or value that is not what it should be
  io,             // files, disk full
  out_of_memory,
  interrupted,
  other,
};

class SqlError : public Error {
 public:
  // `raw` is DuckDB's whole message: "Binder Error: …\n\nLINE 3: select …\n        ^".
  SqlError(SqlErrorKind kind, const std::string& raw);

  SqlErrorKind kind() const { return kind_; }
  // The first paragraph without its "Binder Error: " prefix.
  const std::string& summary() const { return summary_; }
  // The summary, and below it the line of the statement with a caret, where DuckDB gives one.
  const std::string& details() const { return details_; }
  // 1-based place in the statement, where DuckDB gives one.
  std::optional<int> line() const { return line_; }
  std::optional<int> column() const { return column_; }

 private:
  SqlErrorKind kind_;
  std::string summary_;
  std::string details_;
  std::optional<int> line_;
  std::optional<int> column_;
};

}  // namespace gsa::duck
