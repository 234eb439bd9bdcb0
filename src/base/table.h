#pragma once

// Rows as an aligned table of text, for terminals and for Markdown.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsa {

enum class TableStyle { plain, markdown };

struct TableColumn {
  std::string title;
  bool right_aligned = false;  // numbers
};

// Writes row by row. Column widths are those of the first kTableSample rows, so that a table of any
// length takes little memory; a later, wider cell shifts its own row only.
inline constexpr std::size_t kTableSample = 1000;

class TableWriter {
 public:
  using Row = std::vector<std::optional<std::string>>;  // nullopt is shown as NULL
  // Cells longer than `max_cell` columns are cut and end in …; 0 means no limit.
  TableWriter(std::vector<TableColumn> columns, TableStyle style, std::size_t max_cell,
              std::function<void(std::string_view)> write);

  void add(Row row);
  void finish();  // call it once, after the last row

 private:
  void write_sample();
  void write_rule() const;
  void write_row(const Row& row) const;
  std::string cell_text(const std::optional<std::string>& cell) const;

  std::vector<TableColumn> columns_;
  TableStyle style_;
  std::size_t max_cell_;
  std::function<void(std::string_view)> write_;
  std::vector<std::size_t> widths_;
  std::vector<Row> sample_;
  bool measured_ = false;
};

// A whole table at once.
std::string format_table(const std::vector<TableColumn>& columns,
                         const std::vector<TableWriter::Row>& rows,
                         TableStyle style = TableStyle::plain, std::size_t max_cell = 0);

}  // namespace gsa
