#pragma once

// The records of several CSV and JSON files, one file after the other in one pass, as rows for
// DuckDB, with a VARCHAR for each wanted column.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "duck/row_stream.h"
#include "prompts/source.h"
#include "prompts/text_record.h"

namespace gsa::prompts {

class TextRows : public duck::RowStream {
 public:
  // Throws Error if a file with these column names lacks a required one. `nested` is the path of a
  // prompt within other values, or empty.
  using CheckNames = std::function<void(
      const SourceFile& file, const std::vector<std::string>& names, const std::string& nested)>;

  // `files` must outlive this object. The first of `wanted` must be the prompt.
  TextRows(std::span<const SourceFile> files, std::vector<WantedColumn> wanted, CheckNames check);
  ~TextRows() override;

  // The SQL name of a wanted column.
  static std::string column(const WantedColumn& wanted) { return "text_" + wanted.target; }
  std::vector<std::pair<std::string, duck::Type>> columns() const override;
  void begin() override;
  std::size_t fill(std::vector<duck::Output>& columns, std::size_t most) override;

  // After the last row: full sentences about the files for the user.
  const std::vector<std::string>& notes() const { return notes_; }
  // After the last row: the number of each file's first row.
  const std::vector<std::int64_t>& first_rows() const { return first_rows_; }
  // After the last row: the column's name in the first file that has it.
  std::optional<std::string> name_of(const std::string& target) const;

 private:
  struct Opened;

  void open_file();
  void close_file();
  std::size_t read_rows(std::vector<duck::Output>& columns, std::size_t row, std::size_t most);
  void write(std::vector<duck::Output>& columns, std::size_t row);

  std::span<const SourceFile> files_;
  std::vector<WantedColumn> wanted_;
  CheckNames check_;
  std::size_t file_ = 0;
  std::unique_ptr<Opened> opened_;  // reads files_[file_]; null: not opened yet
  TextRecord record_;
  std::int64_t row_ = 0;
  std::vector<std::int64_t> first_rows_;
  std::map<std::string, std::string> names_;  // by target
  std::vector<std::string> notes_;
};

}  // namespace gsa::prompts
