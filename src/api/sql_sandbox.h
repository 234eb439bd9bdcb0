#pragma once

// POST /api/sql: SQL of whoever sees the dashboard, on the warehouse that others write to
// meanwhile. Layers, each of which holds without the others:
//
//   1. The parse tree has only what is known to be harmless (sql_guard.h), before anything is
//   bound.
//   2. DuckDB itself says that it is one statement, and a SELECT.
//   3. It runs in BEGIN TRANSACTION READ ONLY, on a connection of its own.
//   4. It is interrupted after a time, when nobody waits for it any more, or when it is cancelled.
//   5. Rows and bytes of the answer are capped; they are streamed, so the rest is never computed.
//   6. Parsing and planning recurse on a thread with a stack for the longest query that is taken.
//
// What it needs of the instance, whose settings are for all connections: `memory_limit` and
// `max_temp_directory_size` (a query may take all of both), and that no extension is loaded or
// installed by itself, as duck::Database sees to. Access to files may stay on, as runs need it.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>

#include "api/api_error.h"
#include "duck/database.h"

namespace gsa::api {

struct SqlLimits {
  std::chrono::milliseconds time{30'000};
  std::size_t bytes = std::size_t{8} << 20;  // of rows as JSON
  std::size_t queries = 4;                   // at a time; more are refused as busy
};

class SqlSandbox {
 public:
  explicit SqlSandbox(const duck::Database& database, SqlLimits limits = {});

  // Runs the request, {sql, limit, id}; `cancelled` is asked for by whoever waits for the answer.
  // Throws ApiError: sql_refused (403), sql_error (400, with line and column), sql_timeout (408),
  // sql_cancelled (409), sql_out_of_memory (507), busy (503). Threads may share it.
  std::string run(std::string_view request, const std::stop_token& cancelled);

  // Stops the query of that id; throws ApiError (404) where none is running.
  void cancel(const std::string& id);

  // Calls `act` unless a query is running; queries that come meanwhile wait for it.
  bool while_idle(const std::function<void()>& act);

  // GET /api/sql/schema. `describe` gives the description of a table, or of its column; "" for
  // none.
  using Describe = std::function<std::string(const std::string& table, const std::string& column)>;
  std::string schema(const Describe& describe);

 private:
  struct Query;
  std::shared_ptr<Query> begin(const std::string& id);
  void end(const std::shared_ptr<Query>& query);

  duck::Database database_;
  SqlLimits limits_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Query>> running_;
  std::int64_t next_ = 1;  // number of a query without an id
};

}  // namespace gsa::api
