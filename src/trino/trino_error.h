#pragma once

// What can go wrong with a statement. A stop is Error{interrupted}; wrong settings, a refused login
// and answers that are not Trino's are a plain Error.

#include <optional>
#include <string>
#include <utility>

#include "base/error.h"

namespace gsa::trino {

enum class QueryErrorKind {
  user_error,              // the SQL, its data or its rights
  internal_error,          // a bug in Trino, or a kind that we do not know
  insufficient_resources,  // memory, time or queue limits
  external,                // what Trino reads from or writes to
};

// What Trino reports of a failed statement.
struct QueryFailure {
  QueryErrorKind kind = QueryErrorKind::internal_error;
  std::string message = {};  // "line 1:8: Column 'x' cannot be resolved"
  std::string name = {};     // "COLUMN_NOT_FOUND"
  int code = 0;
  std::string java_type = {};            // "io.trino.spi.TrinoException"
  std::optional<int> line, column = {};  // 1-based place in the statement
};

// Trino refused or failed the statement.
class QueryError : public Error {
 public:
  QueryError(QueryFailure failure, std::string query_id);

  QueryErrorKind kind() const { return failure_.kind; }
  const std::string& name() const { return failure_.name; }
  int error_code() const { return failure_.code; }
  const std::string& java_type() const { return failure_.java_type; }
  std::optional<int> line() const { return failure_.line; }
  std::optional<int> column() const { return failure_.column; }
  // The message without "line 1:8: ", for callers that show the place themselves.
  const std::string& summary() const { return summary_; }
  const std::string& query_id() const { return query_id_; }
  // The coordinator was still starting and ran nothing. The caller may run its step again.
  bool is_starting_up() const { return failure_.name == "SERVER_STARTING_UP"; }

 private:
  QueryFailure failure_;
  std::string summary_;
  std::string query_id_;
};

// Trino cannot be reached, or a request was repeated in vain.
class ConnectionError : public Error {
 public:
  ConnectionError(const std::string& message, std::string hint, bool may_be_running)
      : Error(message, std::move(hint)), may_be_running_(may_be_running) {}

  // True if the statement was sent, or even running, and nothing is known of it now: it may still
  // take effect, or may have done so.
  bool may_be_running() const { return may_be_running_; }

 private:
  bool may_be_running_;
};

// Trino no longer knows the query: the coordinator was restarted, or ended a query that nobody
// asked for. Transient: what the statement did not commit is gone, and the caller may run its step
// again.
class QueryLost : public Error {
 public:
  explicit QueryLost(std::string query_id);
  const std::string& query_id() const { return query_id_; }

 private:
  std::string query_id_;
};

// The statement was cancelled because it took longer than the caller allows.
class StatementTimeout : public Error {
 public:
  using Error::Error;
};

}  // namespace gsa::trino
