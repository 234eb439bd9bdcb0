#pragma once

// POST /api/sql: SQL from anybody who sees the dashboard. A query runs in a worker process that can
// read a snapshot of the last publication and nothing else (sandbox/pool.h). A malicious query can
// only break that process, so queries need no trust. This file has requests and answers as JSON,
// and cancels queries by id.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>

#include "api/api_error.h"
#include "duck/database.h"
#include "sandbox/pool.h"

namespace gsa::api {

struct SqlLimits {
  std::chrono::milliseconds time{30'000};
  std::size_t bytes = std::size_t{8} << 20;  // of rows as JSON
};

class SqlSandbox {
 public:
  // `database` is the warehouse that schema() describes. Null `pool`: refuses queries.
  SqlSandbox(const duck::Database& database, std::shared_ptr<sandbox::Pool> pool,
             SqlLimits limits = {});

  // Runs the request, {sql, limit, id}, until the caller requests a stop through `cancelled`.
  // Throws ApiError: sql_refused (403), sql_error (400, with line and column), sql_timeout (408),
  // sql_cancelled (409), sql_crashed (500), sql_out_of_memory (507), busy and unavailable (503).
  // Any thread.
  std::string run(std::string_view request, const std::stop_token& cancelled);

  // Stops the query with this id; throws ApiError (404) if none is running. Any thread.
  void cancel(const std::string& id);

  // GET /api/sql/schema. `describe` returns the description of a table, or of one of its columns;
  // "" for none.
  using Describe = std::function<std::string(const std::string& table, const std::string& column)>;
  std::string schema(const Describe& describe);

 private:
  using Cancelled = std::shared_ptr<std::atomic<bool>>;
  class Running;

  duck::Database database_;
  std::shared_ptr<sandbox::Pool> pool_;
  SqlLimits limits_;
  std::mutex mutex_;
  std::map<std::string, Cancelled> running_;  // by id
};

}  // namespace gsa::api
