#pragma once

// Text files as rows for DuckDB, one file after the other in one pass. What a row is, is up to the
// class that reads a file.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "duck/row_stream.h"
#include "prompts/source.h"
#include "prompts/text_blocks.h"

namespace gsa::prompts {

class TextFiles : public duck::RowStream {
 public:
  // `files` must outlive this object.
  explicit TextFiles(std::span<const SourceFile> files) : files_(files) {}

  void begin() override;
  std::size_t fill(std::vector<duck::Output>& columns, std::size_t most) override;

  // After the last row: full sentences about the files for the user.
  const std::vector<std::string>& notes() const { return notes_; }
  // After the last row: the number of each file's first row.
  const std::vector<std::int64_t>& first_rows() const { return first_rows_; }

 protected:
  std::span<const SourceFile> files() const { return files_; }
  std::int64_t row() const { return row_; }  // the number of the next row
  void add_note(std::string note);           // unless it is empty

 private:
  // Makes a reader of the file's text, which lives until close_file().
  virtual void open_file(const SourceFile& file, TextBlocks& blocks) = 0;
  // Looks at what open_file() found at the beginning.
  virtual void check_opened(const SourceFile& /*file*/) {}
  // Writes the next row of the open file; false at its end.
  virtual bool read_row(std::vector<duck::Output>& columns, std::size_t row) = 0;
  // Ends the reading of the file, whether it came to its end or not.
  virtual void close_file(const SourceFile& file) = 0;

  void open_next();
  std::size_t read_rows(std::vector<duck::Output>& columns, std::size_t row, std::size_t most);

  std::span<const SourceFile> files_;
  std::size_t file_ = 0;
  std::optional<TextBlocks> blocks_;  // of files_[file_]; null: not opened yet
  std::int64_t row_ = 0;
  std::vector<std::int64_t> first_rows_;
  std::vector<std::string> notes_;
};

}  // namespace gsa::prompts
