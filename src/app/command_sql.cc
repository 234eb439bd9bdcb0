#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <unistd.h>

#include <fmt/format.h>

#include "app/option_values.h"
#include "app/options.h"
#include "app/query_watch.h"
#include "app/row_writer.h"
#include "app/sql_text.h"
#include "base/error.h"
#include "base/file.h"
#include "base/table.h"
#include "base/terminal.h"
#include "base/text.h"
#include "pipeline/output_file.h"

namespace gsa::app {
namespace {

constexpr std::size_t kTerminalCell =
    60;  // columns of a cell on a terminal; longer ones would wrap rows

constexpr const char* kExample = "for example: gsa sql \"select * from fct_sessions limit 5\"";

struct SqlOptions {
  pipeline::CommonOptions common;
  std::string sql;
  std::string file;
  std::string output;
  RowFormat format = RowFormat::table;
};

bool is_same_file(const std::string& a, const std::string& b) {
  std::error_code none;  // of files that are not there
  return !a.empty() && std::filesystem::equivalent(a, b, none);
}

std::string read_sql(const SqlOptions& options) {
  if (!options.sql.empty() == !options.file.empty()) {
    throw Error(options.sql.empty() ? "gsa sql needs a query"
                                    : "gsa sql takes a query or -f FILE, not both",
                kExample, ErrorCode::usage);
  }
  if (options.file.empty()) return options.sql;
  return read_file(options.file == "-"
                       ? fmt::format("/dev/fd/{}", fileno(options.common.invocation().in))
                       : options.file);
}

// For EXPLAIN, PRAGMA and the like: few rows, which no subquery can contain.
void write_small(const duck::Result& result, const std::function<void(std::string_view)>& write) {
  if (result.columns() == 0 || result.rows() == 0) return;
  if (result.name(0) == "explain_key") {
    for (std::size_t r = 0; r < result.rows(); ++r) write(result.text(r, 1));
    return;
  }
  std::vector<TableColumn> columns;
  std::vector<TableWriter::Row> rows(result.rows());
  for (std::size_t c = 0; c < result.columns(); ++c) {
    columns.push_back({result.name(c), false});
    for (std::size_t r = 0; r < result.rows(); ++r) rows[r].push_back(result.shown(r, c));
  }
  write(format_table(columns, rows));
}

// Table for results of statements that no subquery can contain, such as PIVOT.
constexpr const char* kResultTable = "temp.__gsa_result";

void refuse_writing(const duck::StatementInfo& info) {
  if (!info.writes_files) return;
  throw Error("gsa sql only reads: COPY, EXPORT and PREPARE are refused",
              "to write a result to a file: gsa sql \"select …\" --format parquet --output FILE");
}

// Nullopt if DuckDB rewrites the statement into several, which cannot be inspected.
std::optional<duck::StatementInfo> inspect(duck::Connection& connection, const std::string& sql) {
  try {
    return connection.inspect(sql);
  } catch (const duck::SqlError& error) {
    if (error.message().find("multiple statements") == std::string::npos) throw;
    return std::nullopt;
  }
}

void write_parquet(duck::Connection& connection, const std::string& select,
                   const std::string& path) {
  pipeline::OutputFile file(path);
  try {
    connection.execute(fmt::format("copy (\n{}\n) to {} (format parquet, use_tmp_file false)",
                                   select, sql_quote(file.part())));
  } catch (const duck::SqlError& error) {
    throw error.without_first_lines(1);
  }
  file.keep();
}

void write_result(duck::Connection& connection, const SqlOptions& options, const std::string& sql) {
  const auto inspected = inspect(connection, sql);
  if (!inspected) {
    connection.execute(fmt::format("create temp table {} as\n{}", kResultTable, sql));
    return write_result(connection, options, fmt::format("from {}", kResultTable));
  }
  const duck::StatementInfo& info = *inspected;
  refuse_writing(info);
  if (!info.is_select && options.format != RowFormat::table) {
    throw Error("what this statement returns can only be shown as a table", "leave out --format");
  }
  if (options.format == RowFormat::parquet) {
    return write_parquet(connection, sql, options.output);
  }
  const bool to_terminal = options.output.empty() && options.common.invocation().out.is_terminal();
  const auto write_to = [&](std::FILE* stream) {
    const auto write = [stream](std::string_view text) {
      if (std::fwrite(text.data(), 1, text.size(), stream) != text.size()) {
        throw Error(fmt::format("cannot write the result: {}", std::strerror(errno)));
      }
    };
    if (info.is_select) {
      write_rows(connection, sql, info.columns, options.format, to_terminal ? kTerminalCell : 0,
                 write);
    } else {
      write_small(connection.query(sql), write);
    }
  };
  if (options.output.empty()) {
    write_to(options.common.out());
    if (std::fflush(options.common.out()) != 0)
      throw Error(fmt::format("cannot write the result: {}", std::strerror(errno)));
    return;
  }
  pipeline::OutputFile file(options.output);
  std::FILE* stream = std::fopen(file.part().c_str(), "wb");
  if (stream == nullptr)
    throw Error(fmt::format("cannot write {}: {}", options.output, std::strerror(errno)));
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> closer(stream, std::fclose);
  write_to(stream);
  if (std::fflush(stream) != 0)
    throw Error(fmt::format("cannot write {}: {}", options.output, std::strerror(errno)));
  file.keep();
}

int sql(const SqlOptions& options) {
  const std::vector<std::string> statements = split_statements(read_sql(options));
  if (statements.empty()) throw Error("the query is empty", kExample, ErrorCode::usage);
  if (options.format == RowFormat::parquet && options.output.empty()) {
    throw Error("parquet cannot be written to the terminal", "name a file: --output result.parquet",
                ErrorCode::usage);
  }
  if (is_same_file(options.output, options.common.warehouse.path)) {
    throw Error("the result would replace the warehouse", "name another file with --output",
                ErrorCode::usage);
  }
  const duck::Database database = options.common.open_to_read();
  duck::Connection connection = database.connect();
  QueryWatch watch(connection, options.common.invocation(), false);
  for (std::size_t i = 0; i < statements.size(); ++i) {
    try {
      if (i + 1 == statements.size()) {
        write_result(connection, options, statements[i]);
      } else {
        if (const auto info = inspect(connection, statements[i])) refuse_writing(*info);
        connection.execute(statements[i]);
      }
    } catch (const duck::SqlError& error) {
      const bool writes = error.message().find("in read-only mode") != std::string::npos;
      const std::string where = statements.size() > 1 ? fmt::format("statement {}: ", i + 1) : "";
      throw Error(where + error.details(),
                  writes ? "gsa sql only reads the warehouse" : error.hint(), error.code());
    }
  }
  return 0;
}

}  // namespace

void add_sql(Commands& gsa) {
  Action& action = gsa.action;
  const auto options = std::make_shared<SqlOptions>();
  options->common.host = &gsa.host;
  CLI::App* command = add_command(
      gsa.app, "sql", "Run SQL on the warehouse, read-only",
      "  gsa sql \"select user_tier, avg(friction_score) from fct_sessions group by user_tier\"\n"
      "  gsa sql \"from fct_sessions\" --format parquet --output sessions.parquet\n"
      "  gsa sql -f query.sql --format csv > result.csv",
      options->common);
  command
      ->add_option("query", options->sql,
                   "The query; of several statements the last one's rows are shown")
      ->type_name("SQL");
  command->add_option("-f,--file", options->file, "Read the query from a file (-: standard input)")
      ->type_name("FILE");
  command->add_option("-o,--output", options->output, "Write the result to a file")
      ->type_name("FILE");
  const std::map<std::string, RowFormat> formats = {
      {"table", RowFormat::table},       {"csv", RowFormat::csv},
      {"json", RowFormat::json},         {"jsonl", RowFormat::jsonl},
      {"markdown", RowFormat::markdown}, {"parquet", RowFormat::parquet}};
  add_choice(*command, "--format", options->format, formats,
             "table, csv, json, jsonl, markdown or parquet (default: table)")
      ->type_name("FORMAT");
  command->callback([options, &action] { action = [options] { return sql(*options); }; });
}

}  // namespace gsa::app
