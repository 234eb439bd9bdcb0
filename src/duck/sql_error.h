#pragma once

// The error that DuckDB reports when it refuses a statement.

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
  invalid_input,  // a file or value has invalid contents
  io,             // files
  disk_full,      // whatever the statement was doing
  out_of_memory,
  interrupted,
  internal,     // a bug in DuckDB, which may have ended its instance
  invalidated,  // the instance has ended: see Database
  other,
};

class SqlError : public Error {
 public:
  // `raw` is DuckDB's whole message: "Binder Error: …\n\nLINE 3: select …\n        ^". Its advice
  // ("Did you mean …") becomes the hint and is left out of message().
  SqlError(SqlErrorKind kind, const std::string& raw);

  SqlErrorKind kind() const { return kind_; }
  // Whether DuckDB says that its instance has ended. Independent of the kind.
  bool is_fatal() const { return is_fatal_; }
  // DuckDB's whole message, for logs only: it may contain a stack trace and paths of this machine.
  const std::string& raw() const { return raw_; }
  // The message before its excerpt of the statement, with advice, without "Binder Error: ".
  const std::string& summary() const { return summary_; }
  // The message, and below it the line of the statement with a caret, if DuckDB gives one.
  std::string details() const;
  // 1-based place in the statement, if DuckDB gives one.
  std::optional<int> line() const { return line_; }
  std::optional<int> column() const { return column_; }

  // The same error, with places counted as if the first `lines` lines, which we added, were not
  // there.
  SqlError without_first_lines(int lines) const;

 private:
  SqlErrorKind kind_;
  bool is_fatal_;
  std::string raw_;
  std::string summary_;
  std::string excerpt_;  // the line, below it the caret
  std::optional<int> line_;
  std::optional<int> column_;
};

}  // namespace gsa::duck
