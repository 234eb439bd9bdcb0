#pragma once

// Records of a CSV file, as Python's csv module reads its default dialect: fields in double quotes
// may hold delimiters, line ends and doubled quotes; a quote within a bare field is a quote.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::dbt {

class CsvRecords {
 public:
  // `csv` must outlive the reader.
  CsvRecords(std::string_view csv, char delimiter) : left_(csv), delimiter_(delimiter) {}

  // The next record; an empty line is one without fields. Nothing at the end.
  std::optional<std::vector<std::string>> next();
  int line() const { return line_; }  // on which that record began

 private:
  bool at_line_end() const { return left_.starts_with('\n') || left_.starts_with('\r'); }
  void skip_line_end();
  std::string field();

  std::string_view left_;
  char delimiter_;
  int line_ = 0, next_line_ = 1;
};

}  // namespace gsa::dbt
