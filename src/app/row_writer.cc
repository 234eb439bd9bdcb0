#include "app/row_writer.h"

#include <fmt/format.h>

#include "base/csv.h"
#include "base/error.h"
#include "base/table.h"
#include "base/text.h"
#include "duck/query_json.h"

namespace gsa::app {
namespace {

using Write = std::function<void(std::string_view)>;
using TextRow = duck::Connection::TextRow;

void write_csv(duck::Connection& connection, const std::string& select,
               const std::vector<duck::TextColumn>& columns, const Write& write) {
  std::string line;
  for (const duck::TextColumn& column : columns) {
    if (!line.empty()) line += ',';
    append_csv(line, column.name);
  }
  write(line + "\n");
  connection.stream_text(select, [&](const TextRow& row) {
    line.clear();
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (c > 0) line += ',';
      if (row[c]) append_csv(line, *row[c]);
    }
    line += '\n';
    write(line);
    return true;
  });
}

void write_json(duck::Connection& connection, const std::string& select, bool lines,
                const Write& write) {
  bool first = true;
  if (!lines) write("[");
  duck::stream_json(connection, select, [&](std::string_view object) {
    if (!lines) write(first ? "\n" : ",\n");
    write(object);
    if (lines) write("\n");
    first = false;
    return true;
  });
  if (!lines) write(first ? "]\n" : "\n]\n");
}

void write_table(duck::Connection& connection, const std::string& select,
                 const std::vector<duck::TextColumn>& columns, TableStyle style,
                 std::size_t max_cell, const Write& write) {
  std::vector<TableColumn> table_columns;
  for (const duck::TextColumn& column : columns) {
    table_columns.push_back({column.name, column.is_number});
  }
  TableWriter table(table_columns, style, max_cell, write);
  const std::int64_t rows = connection.stream_text(select, [&](const TextRow& row) {
    table.add({row.begin(), row.end()});
    return true;
  });
  table.finish();
  if (style == TableStyle::plain) {
    write(fmt::format("{} {}\n", with_thousands(rows), rows == 1 ? "row" : "rows"));
  }
}

}  // namespace

void write_rows(duck::Connection& connection, const std::string& select,
                const std::vector<duck::TextColumn>& columns, RowFormat format,
                std::size_t max_cell, const Write& write) {
  switch (format) {
    case RowFormat::table:
      return write_table(connection, select, columns, TableStyle::plain, max_cell, write);
    case RowFormat::markdown:
      return write_table(connection, select, columns, TableStyle::markdown, max_cell, write);
    case RowFormat::csv:
      return write_csv(connection, select, columns, write);
    case RowFormat::json:
      return write_json(connection, select, false, write);
    case RowFormat::jsonl:
      return write_json(connection, select, true, write);
    case RowFormat::parquet:
      check(false, "parquet is not written row by row");
  }
}

}  // namespace gsa::app
