#include "duck/query_json.h"

#include <duckdb.h>
#include <fmt/format.h>

#include "base/text.h"
#include "duck/json_value.h"
#include "duck/result_rows.h"
#include "duck/statement.h"

namespace gsa::duck {
namespace {

using Extracted = Handle<duckdb_extracted_statements, duckdb_destroy_extracted>;
using LogicalType = Handle<duckdb_logical_type, duckdb_destroy_logical_type>;

// The last row may exceed the wanted bytes by this factor.
constexpr std::size_t kLongestAnswer = 2;

struct ColumnEncoder {
  std::string name;
  JsonEncoder encoder;
};

std::vector<ColumnEncoder> encoders_of(duckdb_prepared_statement prepared) {
  std::vector<ColumnEncoder> encoders;
  for (idx_t c = 0; c < duckdb_prepared_statement_column_count(prepared); ++c) {
    const LogicalType type(duckdb_prepared_statement_column_logical_type(prepared, c));
    const char* name = duckdb_prepared_statement_column_name(prepared, c);
    encoders.push_back({name, JsonEncoder(type.get())});
    duckdb_free(const_cast<char*>(name));
  }
  return encoders;
}

// The same rows, with columns as text if their type has no JSON of its own.
std::string with_texts(const std::string& sql, const std::vector<ColumnEncoder>& encoders) {
  std::vector<std::string> columns;
  for (std::size_t c = 0; c < encoders.size(); ++c) {
    columns.push_back(
        encoders[c].encoder.is_supported()
            ? fmt::format("#{} as {}", c + 1, sql_name(encoders[c].name))
            : fmt::format("cast(#{} as varchar) as {}", c + 1, sql_name(encoders[c].name)));
  }
  std::string inner(trim(sql));
  while (inner.ends_with(';')) inner = std::string(trim(inner.substr(0, inner.size() - 1)));
  return fmt::format("select {} from (\n{}\n)", join(columns, ", "), inner);
}

bool all_supported(const std::vector<ColumnEncoder>& encoders) {
  for (const ColumnEncoder& column : encoders) {
    if (!column.encoder.is_supported()) return false;
  }
  return true;
}

void append_row(const Chunk& chunk, std::size_t row, const std::vector<ColumnEncoder>& encoders,
                std::size_t max_bytes, std::string& out) {
  out += out.size() > 1 ? ",[" : "[";
  for (std::size_t c = 0; c < encoders.size(); ++c) {
    if (c > 0) out += ',';
    encoders[c].encoder.write(chunk.vector(c), row, max_bytes, out);
  }
  out += ']';
}

}  // namespace

JsonRows query_json(Connection& connection, const std::string& sql, std::size_t max_rows,
                    std::size_t max_bytes) {
  JsonRows result;
  std::string text = sql;
  std::vector<ColumnEncoder> encoders = encoders_of(prepare(connection.get(), sql).get());
  for (const ColumnEncoder& column : encoders) {
    const JsonEncoder& encoder = column.encoder;
    result.columns.push_back({column.name,
                              encoder.type_name().empty() ? "OTHER" : encoder.type_name(),
                              encoder.is_supported() ? encoder.kind() : "other"});
  }
  if (!all_supported(encoders)) {
    text = with_texts(sql, encoders);
    encoders = encoders_of(prepare(connection.get(), text).get());
  }
  result.rows = "[";
  std::size_t rows = 0;
  connection.stream_chunks(text, [&](const Chunk& chunk) {
    for (std::size_t r = 0; r < chunk.rows(); ++r) {
      if (rows == max_rows) {
        result.truncated = Truncation::rows;
        return false;
      }
      if (result.rows.size() >= max_bytes) {
        result.truncated = Truncation::bytes;
        return false;
      }
      append_row(chunk, r, encoders, kLongestAnswer * max_bytes, result.rows);
      ++rows;
    }
    return true;
  });
  result.rows += ']';
  return result;
}

std::size_t count_statements(Connection& connection, const std::string& sql) {
  Extracted statements;
  const idx_t count = duckdb_extract_statements(connection.get(), sql.c_str(), statements.out());
  const char* message = duckdb_extract_statements_error(statements.get());
  if (count == 0 && message != nullptr && *message != 0) {
    throw SqlError(SqlErrorKind::parser, message);
  }
  return count;
}

bool is_select(Connection& connection, const std::string& sql) {
  Extracted statements;
  Prepared prepared;
  if (duckdb_extract_statements(connection.get(), sql.c_str(), statements.out()) == 0) return false;
  if (duckdb_prepare_extracted_statement(connection.get(), statements.get(), 0, prepared.out()) ==
      DuckDBError) {
    throw_prepare_error(prepared.get());
  }
  return duckdb_prepared_statement_type(prepared.get()) == DUCKDB_STATEMENT_TYPE_SELECT;
}

}  // namespace gsa::duck
