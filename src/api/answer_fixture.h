#pragma once

// For tests: parses answers and compares them with SQL.

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "api/metrics_request.h"
#include "api/warehouse_fixture.h"

namespace gsa::api {

inline boost::json::value parsed(const std::string& text) { return boost::json::parse(text); }

// Runs one query of /api/metrics; fails the test on an error.
inline boost::json::object ask(const std::string& query) {
  const boost::json::value answer =
      parsed(metrics(Warehouse::instance().snapshot(), "{\"queries\": [" + query + "]}"));
  boost::json::object result = answer.at("results").at(0).as_object();
  if (result.contains("error")) ADD_FAILURE() << boost::json::serialize(result);
  return result;
}

// The error of the query: "error|hint".
inline std::string error_of(const std::string& query) {
  const boost::json::value answer =
      parsed(metrics(Warehouse::instance().snapshot(), "{\"queries\": [" + query + "]}"));
  const auto& result = answer.at("results").at(0).as_object();
  if (!result.contains("error")) return "none";
  return std::string(result.at("error").as_string()) + "|" +
         std::string(result.at("hint").as_string());
}

inline double number(const boost::json::value& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.to_number<double>();
}

// The numbers of the query's total.
inline std::vector<double> totals(const std::string& query) {
  std::vector<double> numbers;
  const boost::json::object answer = ask(query);
  for (const auto& value : answer.at("total").at("values").as_array()) {
    numbers.push_back(number(value));
  }
  return numbers;
}

// The first row of SQL on the warehouse.
inline std::vector<double> sql_row(const std::string& sql) {
  duck::Connection connection = Warehouse::instance().connect();
  const duck::Result rows = connection.query(sql);
  std::vector<double> numbers;
  for (std::size_t c = 0; c < rows.columns(); ++c) numbers.push_back(rows.float64(0, c));
  return numbers;
}

// Equality of doubles that were added or divided in another order.
inline bool is_close(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return std::isnan(a) && std::isnan(b);
  return std::abs(a - b) <= 1e-9 * std::max({1.0, std::abs(a), std::abs(b)});
}

inline void expect_close(const std::vector<double>& found, const std::vector<double>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_TRUE(is_close(found[i], expected[i]))
        << "number " << i << " is " << found[i] << ", not " << expected[i];
  }
}

// Rows by key, as text: "free|2025-12".
using Table = std::map<std::string, std::vector<double>>;

inline std::string key_text(const boost::json::value& value) {
  if (value.is_string()) return std::string(value.as_string());
  return boost::json::serialize(value);
}

inline Table rows_of(const boost::json::object& answer) {
  Table table;
  for (const auto& row : answer.at("rows").as_array()) {
    if (row.at("sessions").as_int64() == 0) continue;  // of a day without events
    std::string key;
    for (const auto& part : row.at("key").as_array()) key += key_text(part) + "|";
    for (const auto& value : row.at("values").as_array()) table[key].push_back(number(value));
  }
  return table;
}

// The rows of the SQL in an answer; the `dimensions` are its first columns.
inline Table rows_of_sql(const std::string& sql, std::size_t dimensions) {
  duck::Connection connection = Warehouse::instance().connect();
  std::string keys;
  for (std::size_t d = 1; d <= dimensions; ++d) {
    keys += fmt::format("coalesce(#{}::varchar, 'null'), ", d);
  }
  const duck::Result rows = connection.query(fmt::format("select {} * from ({}\n)", keys, sql));
  Table table;
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    std::string key;
    for (std::size_t d = 0; d < dimensions; ++d) key += rows.text(r, d) + "|";
    for (std::size_t c = 2 * dimensions; c < rows.columns(); ++c) {
      table[key].push_back(rows.float64(r, c));
    }
  }
  return table;
}

inline void expect_same(const Table& found, const Table& expected) {
  for (const auto& [key, numbers] : expected) {
    const auto row = found.find(key);
    if (row == found.end()) {
      ADD_FAILURE() << "no row " << key;
      continue;
    }
    SCOPED_TRACE(key);
    expect_close(row->second, numbers);
  }
  EXPECT_EQ(found.size(), expected.size());
}

}  // namespace gsa::api
