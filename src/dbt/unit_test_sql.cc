#include "dbt/unit_test_sql.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace gsa::dbt {
namespace {

// The value as a template prints it; text gets quotes.
std::string literal(const Value& value) {
  if (value.is_none()) return "null";
  return value.is_string() ? sql_quote(value.as_string()) : value.str();
}

std::string cast(const std::string& value, const std::string& type) {
  return fmt::format("cast({} as {})", value, type);
}

const TypedColumn* find(const TypedColumns& columns, const std::string& name) {
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const TypedColumn& column) {
    return to_lower(column.name) == name;
  });
  return found == columns.end() ? nullptr : &*found;
}

// The error for a column that `what` lacks; lists the columns that it has.
Error unknown_column(const std::string& name, const TypedColumns& columns, const std::string& what,
                     const Place& place, const ProjectFiles& files) {
  std::vector<std::string> known;
  for (const TypedColumn& column : columns) known.push_back(column.name);
  std::string hint = did_you_mean(name, known);
  if (hint.empty()) hint = "it has: " + join(known, ", ");
  return files.error_at(place, fmt::format("{} has no column '{}'", what, name), hint);
}

std::string union_of(const std::vector<std::string>& selects) {
  return join(selects, "\nunion all\n");
}

}  // namespace

std::string given_sql(const UnitRows& rows, const TypedColumns& columns, const std::string& name,
                      const ProjectFiles& files) {
  if (rows.sql) return *rows.sql;
  std::vector<std::string> nulls;
  for (const TypedColumn& column : columns) nulls.push_back(cast("null", column.type));
  const auto select = [&](const std::vector<std::string>& values) {
    std::vector<std::string> parts;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      parts.push_back(values[i] + " as " + sql_name(columns[i].name));
    }
    return "select " + join(parts, ", ");
  };
  if (rows.rows.empty()) return select(nulls) + " limit 0";
  std::vector<std::string> selects;
  for (const Dict& row : rows.rows) {
    std::vector<std::string> values = nulls;
    for (const auto& [key, value] : row.entries()) {
      const TypedColumn* column = find(columns, key.str());
      if (column == nullptr) throw unknown_column(key.str(), columns, name, rows.place, files);
      values[static_cast<std::size_t>(column - columns.data())] =
          cast(literal(value), column->type);
    }
    selects.push_back(select(values));
  }
  return union_of(selects);
}

std::vector<std::string> compared_columns(const UnitRows& expect, const TypedColumns& columns,
                                          const ProjectFiles& files) {
  std::vector<std::string> names;
  if (expect.rows.empty()) {
    for (const TypedColumn& column : columns) names.push_back(column.name);
    return names;
  }
  const std::vector<std::string> keys = expect.rows.front().names();
  if (keys.empty()) throw files.error_at(expect.place, "an expected row has no columns");
  for (const std::string& key : keys) {
    const TypedColumn* column = find(columns, key);
    if (column == nullptr) {
      throw unknown_column(key, columns, "the model's result", expect.place, files);
    }
    names.push_back(column->name);
  }
  for (const Dict& row : expect.rows) {
    if (row.names() == keys) continue;
    // dbt silently matches them by position.
    throw files.error_at(expect.place,
                         fmt::format("one expected row has the columns {}, and another {}",
                                     join(keys, ", "), join(row.names(), ", ")),
                         "let all of them name the same columns, in the same order");
  }
  return names;
}

std::string expected_sql(const UnitRows& expect, const TypedColumns& columns) {
  if (expect.sql) return *expect.sql;
  if (expect.rows.empty()) return "select * from dbt_internal_unit_test_actual limit 0";
  std::vector<std::string> selects;
  for (const Dict& row : expect.rows) {
    std::vector<std::string> parts;
    for (const auto& [key, value] : row.entries()) {
      const TypedColumn* column = find(columns, key.str());
      check(column != nullptr, "the columns of expected rows were looked at before");
      parts.push_back(cast(literal(value), column->type) + " as " + sql_name(column->name));
    }
    selects.push_back("select " + join(parts, ", "));
  }
  return union_of(selects);
}

std::string untyped_sql(const UnitRows& rows) {
  if (rows.sql) return *rows.sql;
  std::vector<std::string> selects;
  for (const Dict& row : rows.rows) {
    std::vector<std::string> parts;
    for (const auto& [key, value] : row.entries()) {
      parts.push_back(literal(value) + " as " + sql_name(key.str()));
    }
    selects.push_back("select " + join(parts, ", "));
  }
  return selects.empty() ? "select null limit 0" : union_of(selects);
}

CompiledSql difference_sql(const CompiledSql& actual, const std::string& expected,
                           const std::vector<std::string>& columns) {
  std::vector<std::string> quoted;
  for (const std::string& column : columns) quoted.push_back(sql_name(column));
  const std::string list = quoted.empty() ? "*" : join(quoted, ", ");
  CompiledSql sql;
  sql.append(
      fmt::format("with dbt_internal_unit_test_actual as materialized (\n"
                  "select {} from (\n",
                  list));
  sql.append(actual);
  sql.append(
      fmt::format("\n) as actual_rows\n),\n"
                  "dbt_internal_unit_test_expected as materialized (\n"
                  "select {} from (\n{}\n) as expected_rows\n)\n",
                  list, expected));
  const auto only_in = [&](const char* side, const char* other) {
    return fmt::format(
        "select '{0}' as actual_or_expected, * from (\n"
        "select * from dbt_internal_unit_test_{0}\nexcept all\n"
        "select * from dbt_internal_unit_test_{1}\n)\n",
        side, other);
  };
  sql.append(only_in("actual", "expected") + "union all\n" + only_in("expected", "actual") +
             "order by all");
  return sql;
}

}  // namespace gsa::dbt
