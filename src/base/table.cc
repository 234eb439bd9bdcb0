#include "base/table.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/text.h"

namespace gsa {
namespace {

// One line of a terminal: control characters would break the table or change the terminal's state.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += "�";
    } else {
      out += c;
    }
  }
  return out;
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TableWriter::TableWriter(std::vector<TableColumn> columns, TableStyle style, std::size_t max_cell,
                         std::function<void(std::string_view)> write)
    : columns_(std::move(columns)), style_(style), max_cell_(max_cell), write_(std::move(write)) {}

std::string TableWriter::cell_text(const std::optional<std::string>& cell) const {
  if (!cell) return style_ == TableStyle::markdown ? "" : "NULL";
  std::string text = printable(*cell);
  if (style_ == TableStyle::markdown) text = replace_all(text, "|", "\\|");
  return max_cell_ > 0 ? clip(text, max_cell_) : text;
}

void TableWriter::add(Row row) {
  check(row.size() == columns_.size(), "a row has a cell for each column");
  if (measured_) {
    write_row(row);
    return;
  }
  sample_.push_back(std::move(row));
  if (sample_.size() == kTableSample) write_sample();
}

void TableWriter::finish() {
  if (!measured_) write_sample();
}

void TableWriter::write_sample() {
  measured_ = true;
  Row titles;
  for (const TableColumn& column : columns_) {
    titles.emplace_back(column.title);
    widths_.push_back(display_width(column.title));
  }
  for (const Row& row : sample_) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      widths_[c] = std::max(widths_[c], display_width(cell_text(row[c])));
    }
  }
  write_row(titles);
  write_rule();
  for (const Row& row : sample_) write_row(row);
  sample_.clear();
}

void TableWriter::write_rule() const {
  const bool markdown = style_ == TableStyle::markdown;
  std::string line = markdown ? "|" : "";
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    if (markdown) {
      const std::size_t width = std::max<std::size_t>(widths_[c], 3);
      line += columns_[c].right_aligned ? " " + std::string(width - 1, '-') + ": |"
                                        : " " + std::string(width, '-') + " |";
    } else {
      line += repeat("─", widths_[c]);
      if (c + 1 < columns_.size()) line += "  ";
    }
  }
  write_(line + "\n");
}

void TableWriter::write_row(const Row& row) const {
  const bool markdown = style_ == TableStyle::markdown;
  std::string line = markdown ? "|" : "";
  for (std::size_t c = 0; c < row.size(); ++c) {
    const std::string text = cell_text(row[c]);
    const std::size_t wanted = markdown ? std::max<std::size_t>(widths_[c], 3) : widths_[c];
    const std::size_t width = display_width(text);
    const std::string space(wanted > width ? wanted - width : 0, ' ');
    line += markdown ? " " : "";
    line += columns_[c].right_aligned ? space + text : text + space;
    line += markdown ? " |" : "  ";
  }
  if (!markdown) line.erase(line.find_last_not_of(' ') + 1);  // no blanks before the line's end
  write_(line + "\n");
}

std::string format_table(const std::vector<TableColumn>& columns,
                         const std::vector<TableWriter::Row>& rows, TableStyle style,
                         std::size_t max_cell) {
  std::string out;
  TableWriter writer(columns, style, max_cell, [&](std::string_view line) { out += line; });
  for (const TableWriter::Row& row : rows) writer.add(row);
  writer.finish();
  return out;
}

}  // namespace gsa
