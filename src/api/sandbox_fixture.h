#pragma once

// The SQL page's sandbox on the tests' warehouse, for its tests.

#include <chrono>
#include <cstdint>
#include <string>

#include <boost/json.hpp>

#include "api/api_error.h"
#include "api/sql_sandbox.h"
#include "api/warehouse_fixture.h"

namespace gsa::api {

// Lives as long as the process, like the warehouse it reads.
inline SqlSandbox& sandbox_of(std::chrono::milliseconds time) {
  SqlLimits limits;
  limits.time = time;
  limits.bytes = 1'000'000;
  return *new SqlSandbox(Warehouse::instance().database(), limits);
}

// Has time, also under sanitizers on a slow machine.
inline SqlSandbox& sandbox() {
  static SqlSandbox& sandbox = sandbox_of(std::chrono::seconds(60));
  return sandbox;
}

// For what never ends.
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

// The code of its error; "none" where it was answered.
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
