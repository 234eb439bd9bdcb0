#include "prompts/text_rows.h"

#include <optional>

#include "prompts/csv_rows.h"
#include "prompts/json_rows.h"

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

TextRows::TextRows(std::span<const SourceFile> files, std::vector<WantedColumn> wanted,
                   CheckNames check)
    : TextFiles(files), wanted_(std::move(wanted)), check_(std::move(check)) {
  record_.values.resize(wanted_.size());
}

std::vector<std::pair<std::string, duck::Type>> TextRows::columns() const {
  std::vector<std::pair<std::string, duck::Type>> all;
  for (const WantedColumn& column : wanted_) {
    all.emplace_back(TextRows::column(column), duck::Type::of(duck::TypeId::varchar));
  }
  return all;
}

void TextRows::begin() {
  reader_.reset();
  names_.clear();
  TextFiles::begin();
}

void TextRows::open_file(const SourceFile& file, TextBlocks& blocks) {
  hive_.clear();
  for (const WantedColumn& column : wanted_) hive_.push_back(find_hive_key(file, column));
  has_rows_ = false;
  if (file.kind == FileKind::csv) {
    reader_ = std::make_unique<CsvRows>(blocks, wanted_);
  } else {
    reader_ = std::make_unique<JsonRows>(blocks, wanted_);
  }
}

void TextRows::check_opened(const SourceFile& file) {
  if (file.kind == FileKind::csv) check_(file, reader_->names(), "");
}

bool TextRows::read_row(std::vector<duck::Output>& columns, std::size_t row) {
  if (!reader_->next(record_)) return false;
  has_rows_ = true;
  write(columns, row);
  return true;
}

void TextRows::close_file(const SourceFile& file) {
  if (file.kind == FileKind::json && has_rows_) {
    check_(file, reader_->names(), reader_->nested_prompt());
  }
  for (const WantedColumn& column : wanted_) {
    if (auto name = best_name(reader_->names(), column)) names_.emplace(column.target, *name);
  }
  add_note(reader_->note());
  reader_.reset();
}

std::optional<std::string> TextRows::name_of(const std::string& target) const {
  const auto found = names_.find(target);
  return found == names_.end() ? std::nullopt : std::optional(found->second);
}

void TextRows::write(std::vector<duck::Output>& columns, std::size_t row) {
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    const TextValue& value = record_.values[i];
    const auto of_folder = hive_[i] == nullptr ? std::nullopt : hive_[i]->value;
    if (!value.is_null) {
      columns[i].set_text(row, value.text);
    } else if (of_folder) {
      columns[i].set_text(row, *of_folder);
    } else {
      columns[i].set_null(row);
    }
  }
}

}  // namespace gsa::prompts
