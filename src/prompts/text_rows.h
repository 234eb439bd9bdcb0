#pragma once

// The records of several CSV and JSON files, one file after the other in one pass, as rows for
// DuckDB, with a VARCHAR for each wanted column.

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "prompts/text_files.h"
#include "prompts/text_record.h"

namespace gsa::prompts {

class TextRows : public TextFiles {
 public:
  // Throws Error if a file with these column names lacks a required one. `nested` is the path of a
  // prompt within other values, or empty.
  using CheckNames = std::function<void(
      const SourceFile& file, const std::vector<std::string>& names, const std::string& nested)>;

  // `files` must outlive this object. The first of `wanted` must be the prompt.
  TextRows(std::span<const SourceFile> files, std::vector<WantedColumn> wanted, CheckNames check);

  // The SQL name of a wanted column.
  static std::string column(const WantedColumn& wanted) { return "text_" + wanted.target; }
  std::vector<std::pair<std::string, duck::Type>> columns() const override;
  void begin() override;

  // After the last row: the column's name in the first file that has it.
  std::optional<std::string> name_of(const std::string& target) const;

 private:
  void open_file(const SourceFile& file, TextBlocks& blocks) override;
  void check_opened(const SourceFile& file) override;
  bool read_row(std::vector<duck::Output>& columns, std::size_t row) override;
  void close_file(const SourceFile& file) override;
  void write(std::vector<duck::Output>& columns, std::size_t row);

  std::vector<WantedColumn> wanted_;
  CheckNames check_;
  std::unique_ptr<RecordReader> reader_;
  std::vector<const HiveKey*> hive_;  // the path's key for each wanted column; null: none
  bool has_rows_ = false;             // the open file
  TextRecord record_;
  std::map<std::string, std::string> names_;  // by target
};

}  // namespace gsa::prompts
