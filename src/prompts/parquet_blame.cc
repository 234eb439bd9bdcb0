#include "prompts/parquet_blame.h"

#include <fmt/format.h>

#include "base/text.h"
#include "prompts/parquet_files.h"

namespace gsa::prompts {
namespace {

bool is_about_utf8(const duck::SqlError& failure) {
  return failure.message().find("is not valid UTF8") != std::string::npos;
}

// The text in DuckDB's "Invalid string encoding found …: value "…" is not valid UTF8!".
std::string bad_text(const duck::SqlError& failure) {
  const std::string& message = failure.message();
  const std::size_t value = message.find("value \"");
  const std::string text = value == std::string::npos ? "" : message.substr(value + 6);
  return clip(text.substr(0, text.rfind(" is not valid")), 80);
}

}  // namespace

bool is_of_the_machine(const duck::SqlError& failure) {
  return failure.kind() == duck::SqlErrorKind::interrupted ||
         failure.kind() == duck::SqlErrorKind::disk_full ||
         failure.kind() == duck::SqlErrorKind::out_of_memory;
}

Error parquet_error(const SourceFile& file, const duck::SqlError& failure) {
  const std::string& message = failure.message();
  return Error(fmt::format("{}: the Parquet file is damaged: {}", file.path,
                           clip(message.substr(0, message.find('\n')), 120)),
               "fetch or write the file again");
}

void blame_footers(duck::Connection& connection, std::span<const SourceFile> files) {
  for (const SourceFile& file : files) {
    try {
      connection.execute("describe select * from " + read_parquet(file));
    } catch (const duck::SqlError& found) {
      if (is_of_the_machine(found)) throw;
      throw parquet_error(file, found);
    }
  }
}

void blame_column(duck::Connection& connection, const std::vector<NamedColumn>& columns,
                  const SourceFile& file) {
  for (const NamedColumn& column : columns) {
    try {
      // Statistics cannot answer for a hash, so that all values are read.
      connection.execute(
          fmt::format("select max(hash({})) from {}", column.sql, read_parquet(file)));
    } catch (const duck::SqlError& found) {
      if (is_of_the_machine(found)) return;
      if (!is_about_utf8(found)) throw parquet_error(file, found);
      const duck::Result first = connection.query(
          fmt::format("select min(file_row_number) + 1 from {} where typeof({}) = 'BLOB' and "
                      "try(decode({}::blob)) is null and {} is not null",
                      read_parquet(file, false), column.sql, column.sql, column.sql));
      if (first.is_null(0, 0)) {
        throw Error(fmt::format("{}: the column '{}' is not valid UTF-8: {}", file.path,
                                clip(column.name, 40), bad_text(found)));
      }
      throw Error(fmt::format("{}, row {}: the column '{}' has bytes, not text: {}", file.path,
                              first.int64(0, 0), clip(column.name, 40), bad_text(found)),
                  "write it as text, or leave the column out");
    }
  }
}

}  // namespace gsa::prompts
