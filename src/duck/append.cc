#include "duck/append.h"

#include <duckdb.h>

#include "duck/handle.h"
#include "duck/sql_error.h"

namespace gsa::duck {
namespace {

using AppenderHandle = Handle<duckdb_appender, [](duckdb_appender* appender) {
  if (*appender != nullptr) duckdb_appender_destroy(appender);
}>;
using ValueHandle = Handle<duckdb_value, duckdb_destroy_value>;
using LogicalType = Handle<duckdb_logical_type, duckdb_destroy_logical_type>;
using ErrorData = Handle<duckdb_error_data, duckdb_destroy_error_data>;

// Owns DuckDB values that are made of texts.
class TextValues {
 public:
  TextValues() {
    values_.reserve(1);
  }  // DuckDB refuses a null array, which data() of an empty vector may be
  void add(const std::string& text) {
    owned_.emplace_back(duckdb_create_varchar_length(text.data(), text.size()));
    values_.push_back(owned_.back().get());
  }
  duckdb_value* data() { return values_.data(); }
  idx_t size() const { return values_.size(); }

 private:
  std::vector<ValueHandle> owned_;
  std::vector<duckdb_value> values_;
};

class RowAppender {
 public:
  RowAppender(Connection& connection, const std::string& schema, const std::string& table)
      : text_(duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR)),
        map_(duckdb_create_map_type(text_.get(), text_.get())) {
    check(duckdb_appender_create(connection.get(), schema.c_str(), table.c_str(), appender_.out()));
  }

  void add(const Row& row) {
    for (const Value& value : row) {
      check(std::visit([this](const auto& of_type) { return append(of_type); }, value));
    }
    check(duckdb_appender_end_row(appender_.get()));
  }

  void close() { check(duckdb_appender_close(appender_.get())); }

 private:
  void check(duckdb_state state) const {
    if (state == DuckDBSuccess) return;
    const ErrorData error(duckdb_appender_error_data(appender_.get()));
    const char* message = duckdb_error_data_message(error.get());
    throw SqlError(SqlErrorKind::other, message != nullptr ? message : "cannot append rows");
  }

  duckdb_state append(std::monostate) { return duckdb_append_null(appender_.get()); }
  duckdb_state append(bool value) { return duckdb_append_bool(appender_.get(), value); }
  duckdb_state append(std::int64_t value) { return duckdb_append_int64(appender_.get(), value); }
  duckdb_state append(double value) { return duckdb_append_double(appender_.get(), value); }
  duckdb_state append(const std::string& text) {
    return duckdb_append_varchar_length(appender_.get(), text.data(), text.size());
  }
  duckdb_state append(std::chrono::system_clock::time_point time) {
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch());
    return duckdb_append_timestamp(appender_.get(), {us.count()});
  }
  duckdb_state append(const std::vector<std::string>& texts) {
    TextValues values;
    for (const std::string& text : texts) values.add(text);
    const ValueHandle list(duckdb_create_list_value(text_.get(), values.data(), values.size()));
    return duckdb_append_value(appender_.get(), list.get());
  }
  duckdb_state append(const std::map<std::string, std::string>& entries) {
    TextValues keys, values;
    for (const auto& [key, value] : entries) keys.add(key), values.add(value);
    const ValueHandle map(
        duckdb_create_map_value(map_.get(), keys.data(), values.data(), keys.size()));
    return duckdb_append_value(appender_.get(), map.get());
  }

  AppenderHandle appender_;
  LogicalType text_, map_;
};

}  // namespace

void append(Connection& connection, const std::string& schema, const std::string& table,
            const std::vector<Row>& rows) {
  RowAppender appender(connection, schema, table);
  for (const Row& row : rows) appender.add(row);
  appender.close();
}

}  // namespace gsa::duck
