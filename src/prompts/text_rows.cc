#include "prompts/text_rows.h"

#include <optional>

#include "base/error.h"
#include "prompts/csv_rows.h"
#include "prompts/json_rows.h"
#include "prompts/text_blocks.h"

namespace gsa::prompts {

namespace {

const HiveKey* find_hive_key(const SourceFile& file, const WantedColumn& wanted) {
  const HiveKey* best = nullptr;
  std::optional<int> best_rank;
  for (const HiveKey& key : file.hive) {
    const auto rank = rank_of(key.name, wanted);
    if (!rank || (best_rank && *rank >= *best_rank)) continue;
    best = &key;
    best_rank = rank;
  }
  return best;
}

std::optional<std::string> best_name(const std::vector<std::string>& names,
                                     const WantedColumn& wanted) {
  std::optional<std::string> best;
  std::optional<int> best_rank;
  for (const std::string& name : names) {
    const auto rank = rank_of(name, wanted);
    if (!rank || (best_rank && *rank >= *best_rank)) continue;
    best = name;
    best_rank = rank;
  }
  return best;
}

}  // namespace

struct TextRows::Opened {
  Opened(const SourceFile& file, const std::vector<WantedColumn>& wanted)
      : blocks(file.absolute, file.path, file.compression) {
    for (const WantedColumn& column : wanted) hive.push_back(find_hive_key(file, column));
    if (file.kind == FileKind::csv) {
      reader = std::make_unique<CsvRows>(blocks, wanted);
    } else {
      reader = std::make_unique<JsonRows>(blocks, wanted);
    }
  }

  TextBlocks blocks;
  std::unique_ptr<RecordReader> reader;
  std::vector<const HiveKey*> hive;  // the path's key for each wanted column; null: none
  bool has_rows = false;
};

TextRows::TextRows(std::span<const SourceFile> files, std::vector<WantedColumn> wanted,
                   CheckNames check)
    : files_(files), wanted_(std::move(wanted)), check_(std::move(check)) {
  record_.values.resize(wanted_.size());
}

TextRows::~TextRows() = default;

std::vector<std::pair<std::string, duck::Type>> TextRows::columns() const {
  std::vector<std::pair<std::string, duck::Type>> all;
  for (const WantedColumn& column : wanted_) {
    all.emplace_back(TextRows::column(column), duck::Type::of(duck::TypeId::varchar));
  }
  return all;
}

void TextRows::begin() {
  file_ = 0;
  opened_.reset();
  row_ = 0;
  first_rows_.clear();
  names_.clear();
  notes_.clear();
}

std::size_t TextRows::fill(std::vector<duck::Output>& columns, std::size_t most) {
  std::size_t rows = 0;
  while (rows < most && file_ < files_.size()) {
    if (opened_ == nullptr) open_file();
    try {
      rows = read_rows(columns, rows, most);
    } catch (const Error&) {
      // Damaged compressed data may look like a bad record; the checksum at the end tells.
      opened_->blocks.drain();
      throw;
    }
  }
  return rows;
}

void TextRows::open_file() {
  const SourceFile& file = files_[file_];
  try {
    opened_ = std::make_unique<Opened>(file, wanted_);
  } catch (const Error&) {
    TextBlocks(file.absolute, file.path, file.compression).drain();
    throw;
  }
  first_rows_.push_back(row_);
  if (file.kind != FileKind::csv) return;
  check_(file, opened_->reader->names(), "");
}

std::size_t TextRows::read_rows(std::vector<duck::Output>& columns, std::size_t row,
                                std::size_t most) {
  while (row < most) {
    if (!opened_->reader->next(record_)) {
      close_file();
      break;
    }
    opened_->has_rows = true;
    ++row_;
    write(columns, row++);
  }
  return row;
}

void TextRows::close_file() {
  const SourceFile& file = files_[file_];
  const RecordReader& reader = *opened_->reader;
  if (file.kind == FileKind::json && opened_->has_rows) {
    check_(file, reader.names(), reader.nested_prompt());
  }
  for (const WantedColumn& column : wanted_) {
    if (auto name = best_name(reader.names(), column)) names_.emplace(column.target, *name);
  }
  if (std::string note = reader.note(); !note.empty()) notes_.push_back(std::move(note));
  opened_.reset();
  ++file_;
}

std::optional<std::string> TextRows::name_of(const std::string& target) const {
  const auto found = names_.find(target);
  return found == names_.end() ? std::nullopt : std::optional(found->second);
}

void TextRows::write(std::vector<duck::Output>& columns, std::size_t row) {
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    const TextValue& value = record_.values[i];
    const HiveKey* hive = opened_->hive[i];
    if (!value.is_null) {
      columns[i].set_text(row, value.text);
    } else if (hive != nullptr && hive->value) {
      columns[i].set_text(row, *hive->value);
    } else {
      columns[i].set_null(row);
    }
  }
}

}  // namespace gsa::prompts
