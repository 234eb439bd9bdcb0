#pragma once

// Reads the records of a CSV file like Python's csv module in its default dialect: fields in double
// quotes may contain delimiters, newlines and doubled quotes; inside an unquoted field, a quote is
// an ordinary character.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::dbt {

class CsvRecords {
 public:
  // `csv` must outlive the reader.
  CsvRecords(std::string_view csv, char delimiter) : left_(csv), delimiter_(delimiter) {}

  // The next record; an empty line is a record without fields. Null at the end.
  std::optional<std::vector<std::string>> next();
  int line() const { return line_; }  // where that record began

 private:
  bool at_line_end() const { return left_.starts_with('\n') || left_.starts_with('\r'); }
  void skip_line_end();
  std::string field();

  std::string_view left_;
  char delimiter_;
  int line_ = 0, next_line_ = 1;
};

}  // namespace gsa::dbt
