#include "prompts/text_files.h"

#include <utility>

#include "base/error.h"

namespace gsa::prompts {

void TextFiles::begin() {
  file_ = 0;
  blocks_.reset();
  row_ = 0;
  first_rows_.clear();
  notes_.clear();
}

void TextFiles::add_note(std::string note) {
  if (!note.empty()) notes_.push_back(std::move(note));
}

std::size_t TextFiles::fill(std::vector<duck::Output>& columns, std::size_t most) {
  std::size_t rows = 0;
  while (rows < most && file_ < files_.size()) {
    if (!blocks_) open_next();
    try {
      rows = read_rows(columns, rows, most);
    } catch (const Error&) {
      // Damaged compressed data may look like a bad record; the checksum at the end tells.
      if (blocks_) blocks_->drain();
      throw;
    }
  }
  return rows;
}

void TextFiles::open_next() {
  const SourceFile& file = files_[file_];
  try {
    blocks_.emplace(file.absolute, file.path, file.compression);
    open_file(file, *blocks_);
  } catch (const Error&) {
    TextBlocks(file.absolute, file.path, file.compression).drain();
    throw;
  }
  first_rows_.push_back(row_);
  check_opened(file);
}

std::size_t TextFiles::read_rows(std::vector<duck::Output>& columns, std::size_t row,
                                 std::size_t most) {
  while (row < most) {
    if (!read_row(columns, row)) {
      close_file(files_[file_]);
      blocks_.reset();
      ++file_;
      break;
    }
    ++row_;
    ++row;
  }
  return row;
}

}  // namespace gsa::prompts
