#pragma once

// A client of Trino: runs one statement at a time over its REST protocol and keeps the session that
// SET SESSION, USE, START TRANSACTION and their like change. One thread; open a Client for each.
// Connections stay open between statements. libcurl reads the proxies of the process's environment
// (HTTPS_PROXY, NO_PROXY …), but for this machine itself.
//
// Trino begins to run a statement when the client asks for its first result. So a statement whose
// sending was interrupted does not run on Trino 476; other servers that speak its protocol may
// differ.

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "trino/connection_settings.h"
#include "trino/coordinator.h"
#include "trino/result_page.h"
#include "trino/session_state.h"
#include "trino/statement_info.h"
#include "trino/trino_error.h"

namespace gsa::trino {

struct RunOptions {
  // Cancels the statement, and ends run() with Error{interrupted}.
  std::stop_token stop = {};
  // Cancels the statement after so long, queueing included, with StatementTimeout.
  std::optional<std::chrono::milliseconds> timeout = {};
  // The next rows, at least one, in Trino's order. `so_far.columns` tells their columns. Trino ends
  // queries that nobody asks for in five minutes, so do not take as long.
  std::function<void(const StatementInfo& so_far, std::vector<Row> rows)> on_rows = {};
  // After each answer, about once a second while nothing else happens. Has the query's id at once.
  std::function<void(const StatementInfo& so_far)> on_progress = {};
  // A request failed and is repeated: a line for the user.
  std::function<void(const std::string& text)> on_retry = {};
};

struct StatementResult {
  StatementInfo info;
  std::vector<Row> rows;
};

class Client {
 public:
  // Does not connect yet. Throws Error if a setting is invalid (check_settings).
  explicit Client(ConnectionSettings settings);
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Runs one statement, which has no semicolon at its end, and returns when it is finished. Rows go
  // to `on_rows` as they come; rows may have come before an error.
  //
  // Throws QueryError if Trino refuses or fails it, QueryLost if the coordinator forgot it,
  // ConnectionError if Trino cannot be reached or broke off, StatementTimeout, Error{interrupted},
  // Error for all else (login, an answer that is not Trino's, an address of another host), and what
  // the callbacks throw. Before any of these that leave the query running, cancels it (a DELETE,
  // at most three seconds). A statement is never sent twice, unless Trino cannot have taken it.
  StatementInfo run(std::string_view sql, const RunOptions& options = {});

  // The same, with all rows in memory; `options.on_rows` is not called.
  StatementResult fetch(std::string_view sql, RunOptions options = {});

  // What the next statement brings along.
  const SessionState& session() const { return session_; }
  const ConnectionSettings& settings() const { return settings_; }

 private:
  class Statement;

  const ConnectionSettings settings_;
  Coordinator coordinator_;
  SessionState session_;
};

}  // namespace gsa::trino
