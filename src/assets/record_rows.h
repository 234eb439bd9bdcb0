#pragma once

// Reads rows of schema ops into records, for the files that query its tables.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "assets/run_records.h"
#include "duck/database.h"

namespace gsa::assets {

// Reads a row of a result from left to right.
class RecordRow {
 public:
  RecordRow(const duck::Result& result, std::size_t row) : result_(result), row_(row) {}

  std::string text() { return result_.text(row_, column_++); }
  std::optional<std::int64_t> number() {
    const std::size_t at = column_++;
    return result_.is_null(row_, at) ? std::nullopt : std::optional(result_.int64(row_, at));
  }
  std::int64_t count() { return number().value_or(0); }
  std::optional<double> real() {
    const std::size_t at = column_++;
    return result_.is_null(row_, at) ? std::nullopt : std::optional(result_.float64(row_, at));
  }
  // From microseconds.
  std::optional<WallTime> time() {
    const std::optional<std::int64_t> us = number();
    return us ? std::optional(WallTime(std::chrono::microseconds(*us))) : std::nullopt;
  }
  std::vector<std::string> texts() { return result_.texts(row_, column_++); }
  std::map<std::string, std::string> map() { return result_.map(row_, column_++); }

 private:
  const duck::Result& result_;
  std::size_t row_;
  std::size_t column_ = 0;
};

template <typename Record>
std::vector<Record> read_records(duck::Connection& connection, const std::string& select,
                                 Record (*read)(RecordRow)) {
  std::vector<Record> records;
  const duck::Result rows = connection.query(select);
  for (std::size_t r = 0; r < rows.rows(); ++r) records.push_back(read(RecordRow(rows, r)));
  return records;
}

}  // namespace gsa::assets
