#pragma once

// For tests of the SQL page: its sandbox on the test warehouse.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include <boost/json.hpp>

#include "api/api_error.h"
#include "api/sql_sandbox.h"
#include "api/warehouse_fixture.h"
#include "base/text.h"
#include "sandbox/pool.h"

namespace gsa::api {

// A copy of the test warehouse, like a snapshot after a publication; made once per process.
inline sandbox::Snapshot snapshot_of_warehouse() {
  static const sandbox::Snapshot snapshot = [] {
    const std::string path = (Warehouse::folder() / "warehouse.read.duckdb").string();
    duck::Connection connection = Warehouse::instance().connect();
    connection.execute(fmt::format("attach {} as copied", sql_quote(path)));
    connection.execute("copy from database warehouse to copied; detach copied");
    return sandbox::Snapshot{path, 3, 1};
  }();
  return snapshot;
}

// A new pool. Only one pool at a time may use a folder.
inline std::shared_ptr<sandbox::Pool> pool_on_warehouse(
    const std::string& folder, sandbox::Rules rules = sandbox::Rules::confined,
    std::size_t workers = 2) {
  sandbox::Settings settings;
  settings.folder = (Warehouse::folder() / folder).string();
  settings.workers = workers;
  settings.temporary_bytes = std::int64_t{64} << 20;
  settings.threads = 2;
  settings.rules = rules;
  return std::make_shared<sandbox::Pool>(settings, snapshot_of_warehouse);
}

// Lives until the process ends, and its workers with it.
inline const std::shared_ptr<sandbox::Pool>& shared_pool() {
  static const auto& pool = *new std::shared_ptr<sandbox::Pool>(pool_on_warehouse("queries"));
  return pool;
}

// Also lives until the process ends.
inline SqlSandbox& sandbox_of(std::chrono::milliseconds time) {
  SqlLimits limits;
  limits.time = time;
  limits.bytes = 1'000'000;
  return *new SqlSandbox(Warehouse::instance().database(), shared_pool(), limits);
}

// Has a generous time limit, for sanitizers on slow machines.
inline SqlSandbox& sandbox() {
  static SqlSandbox& sandbox = sandbox_of(std::chrono::seconds(60));
  return sandbox;
}

// Has a short time limit, for queries that never end.
inline SqlSandbox& hasty_sandbox() {
  static SqlSandbox& sandbox = sandbox_of(std::chrono::milliseconds(700));
  return sandbox;
}

inline std::string request_of(const std::string& sql, std::int64_t limit = 1000) {
  return boost::json::serialize(boost::json::object{{"sql", sql}, {"limit", limit}});
}

inline std::string run(const std::string& sql, std::int64_t limit = 1000) {
  return sandbox().run(request_of(sql, limit), {});
}

// The code of the query's error; "none" if it was answered.
inline std::string outcome(const std::string& sql, SqlSandbox& sandbox = gsa::api::sandbox()) {
  try {
    sandbox.run(request_of(sql), {});
    return "none";
  } catch (const ApiError& error) {
    return error.word();
  }
}

inline std::string rows_of(const std::string& sql) {
  return boost::json::serialize(boost::json::parse(run(sql)).at("rows"));
}

}  // namespace gsa::api
