#include "duck/query_json.h"

#include <limits>
#include <set>

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

std::vector<ColumnEncoder> encoders_of(Connection& connection, const std::string& sql,
                                       JsonStyle style) {
  const Prepared prepared = prepare(connection.get(), sql);
  std::vector<ColumnEncoder> encoders;
  for (idx_t c = 0; c < duckdb_prepared_statement_column_count(prepared.get()); ++c) {
    const LogicalType type(duckdb_prepared_statement_column_logical_type(prepared.get(), c));
    const char* name = duckdb_prepared_statement_column_name(prepared.get(), c);
    encoders.push_back({name, JsonEncoder(type.get(), style)});
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

// The SQL whose columns all have JSON of their own, with its encoders in place of `encoders`.
std::string supported(Connection& connection, const std::string& sql,
                      std::vector<ColumnEncoder>& encoders, JsonStyle style) {
  for (const ColumnEncoder& column : encoders) {
    if (column.encoder.is_supported()) continue;
    std::string text = with_texts(sql, encoders);
    encoders = encoders_of(connection, text, style);
    return text;
  }
  return sql;
}

// The columns' names, each with its colon. Names that occur again get a number, as DuckDB gives
// them in a subquery: "n", "n_1".
std::vector<std::string> keys_of(const std::vector<ColumnEncoder>& encoders) {
  std::set<std::string> taken;
  std::vector<std::string> keys;
  for (const ColumnEncoder& column : encoders) {
    std::string name = column.name;
    for (int copy = 1; !taken.insert(name).second; ++copy) {
      name = fmt::format("{}_{}", column.name, copy);
    }
    keys.push_back(json_quote(name) + ":");
  }
  return keys;
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
  std::vector<ColumnEncoder> encoders = encoders_of(connection, sql, JsonStyle::exact);
  for (const ColumnEncoder& column : encoders) {
    const JsonEncoder& encoder = column.encoder;
    result.columns.push_back({column.name,
                              encoder.type_name().empty() ? "OTHER" : encoder.type_name(),
                              encoder.is_supported() ? encoder.kind() : "other"});
  }
  const std::string text = supported(connection, sql, encoders, JsonStyle::exact);
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

void stream_json(Connection& connection, const std::string& select,
                 const std::function<bool(std::string_view object)>& write) {
  constexpr std::size_t kAnyLength = std::numeric_limits<std::size_t>::max();
  auto encoders = encoders_of(connection, select, JsonStyle::plain);
  const std::string text = supported(connection, select, encoders, JsonStyle::plain);
  const std::vector<std::string> keys = keys_of(encoders);
  std::string object;
  connection.stream_chunks(text, [&](const Chunk& chunk) {
    for (std::size_t r = 0; r < chunk.rows(); ++r) {
      object = "{";
      for (std::size_t c = 0; c < encoders.size(); ++c) {
        if (c > 0) object += ',';
        object += keys[c];
        encoders[c].encoder.write(chunk.vector(c), r, kAnyLength, object);
      }
      object += '}';
      if (!write(object)) return false;
    }
    return true;
  });
}

std::string json_array(Connection& connection, const std::string& select) {
  std::string array;
  stream_json(connection, select, [&](std::string_view object) {
    array += array.empty() ? "[" : ",";
    array += object;
    return true;
  });
  return array.empty() ? "[]" : array + "]";
}

std::string json_object(Connection& connection, const std::string& select) {
  std::string found = "null";
  stream_json(connection, select, [&](std::string_view object) {
    found = object;
    return false;
  });
  return found;
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
