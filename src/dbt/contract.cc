#include "dbt/contract.h"

#include <algorithm>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/compile.h"

namespace gsa::dbt {
namespace {

std::string written_name(const ColumnSpec& column) {
  return column.quote ? sql_name(column.name) : column.name;
}

TypedColumns columns_of(duck::Connection& connection, const std::string& query) {
  const duck::Result rows =
      connection.query("describe select * from (\n" + query + "\n) as gsa_contract");
  TypedColumns columns;
  for (std::size_t r = 0; r < rows.rows(); ++r)
    columns.push_back({rows.text(r, 0), rows.text(r, 1)});
  return columns;
}

const TypedColumn* find(const TypedColumns& columns, const std::string& name) {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const TypedColumn& column) { return column.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

// A row for each column that differs: its name, its type in the SQL, its type in the contract, and
// the reason.
std::vector<std::vector<std::string>> mismatches(const TypedColumns& made,
                                                 const TypedColumns& agreed) {
  std::map<std::string, std::vector<std::string>> rows;
  for (const TypedColumn& column : made) {
    const TypedColumn* other = find(agreed, column.name);
    if (other == nullptr) {
      rows[column.name] = {column.name, column.type, "", "missing in contract"};
    } else if (other->type != column.type) {
      rows[column.name] = {column.name, column.type, other->type, "data type mismatch"};
    }
  }
  for (const TypedColumn& column : agreed) {
    if (find(made, column.name) != nullptr) continue;
    rows[column.name] = {column.name, "", column.type, "missing in definition"};
  }
  std::vector<std::vector<std::string>> table;
  for (const auto& [name, row] : rows) table.push_back(row);
  return table;
}

std::string as_table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::vector<std::string>> all = {
      {"column_name", "definition_type", "contract_type", "mismatch_reason"}};
  all.insert(all.end(), rows.begin(), rows.end());
  std::vector<std::size_t> widths(all[0].size());
  for (const auto& row : all) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (std::size_t r = 0; r < all.size(); ++r) {
    text += "\n|";
    for (std::size_t i = 0; i < widths.size(); ++i) {
      text += fmt::format(" {:<{}} |", all[r][i], widths[i]);
    }
    if (r > 0) continue;
    text += "\n|";
    for (const std::size_t width : widths) text += " " + std::string(width, '-') + " |";
  }
  return text;
}

// Where the contract says so: a line for each column that differs.
std::string places(const Node& node, const std::vector<std::vector<std::string>>& rows) {
  std::string text;
  for (const std::vector<std::string>& row : rows) {
    const auto found =
        std::find_if(node.columns.begin(), node.columns.end(),
                     [&](const ColumnSpec& column) { return column.name == row[0]; });
    const ColumnSpec& nearest = found == node.columns.end() ? node.columns.back() : *found;
    text += fmt::format("\n{}: ", format_place(nearest.place));
    text += row[2].empty() ? fmt::format("the contract has no column '{}' ({})", row[0], row[1])
            : row[1].empty()
                ? fmt::format("the model has no column '{}' ({})", row[0], row[2])
                : fmt::format("the column '{}' is {} by the contract, and {} in the model", row[0],
                              row[2], row[1]);
  }
  return text;
}

[[noreturn]] void fail(const ProjectFiles& files, const ConstraintSpec& constraint,
                       const std::string& what, const std::string& hint = "") {
  throw files.error_at(constraint.place, what, hint);
}

// "not null", "check (id > 0)"
std::string constraint_sql(const ConstraintSpec& constraint, const std::vector<std::string>& of,
                           const ProjectFiles& files) {
  const std::string columns = of.empty() ? "" : " (" + join(of, ", ") + ")";
  const std::string more = constraint.expression.empty() ? "" : " " + constraint.expression;
  if (constraint.type == "not_null") return "not null" + more;
  if (constraint.type == "unique") return "unique" + more + columns;
  if (constraint.type == "primary_key") return "primary key" + more + columns;
  if (constraint.type == "check") return fmt::format("check ({})", constraint.expression);
  if (constraint.type == "custom") return constraint.expression;
  if (constraint.type == "foreign_key") {
    fail(files, constraint, "foreign keys are not supported", kDbtHasIt);
  }
  fail(files, constraint, fmt::format("the constraint '{}' is not known", constraint.type),
       "known are: not_null, unique, primary_key, check, custom");
}

}  // namespace

bool check_contract(duck::Connection& connection, const Node& node, const std::string& query) {
  if (node.columns.empty()) {
    throw Error("This model has an enforced contract, and its 'columns' specification is missing",
                "list the columns with their data_type in the YAML beside the model");
  }
  std::vector<std::string> untyped, casts;
  for (const ColumnSpec& column : node.columns) {
    if (column.data_type.empty()) untyped.push_back("'" + column.name + "'");
    casts.push_back(fmt::format("cast(null as {}) as {}", column.data_type, written_name(column)));
  }
  if (!untyped.empty()) {
    throw Error(
        fmt::format("Contracted models require data_type to be defined for each column. "
                    "Please ensure that the column name and data_type are defined within "
                    "the YAML configuration for the [{}] column(s).",
                    join(untyped, ", ")));
  }
  const TypedColumns made = columns_of(connection, query);
  const TypedColumns agreed = columns_of(connection, "select " + join(casts, ", "));
  const auto differ = mismatches(made, agreed);
  if (differ.empty() && made.size() == agreed.size()) {
    const bool has_constraints =
        !node.constraints.empty() ||
        std::any_of(node.columns.begin(), node.columns.end(),
                    [](const ColumnSpec& column) { return !column.constraints.empty(); });
    return !has_constraints &&
           std::equal(made.begin(), made.end(), agreed.begin(),
                      [](const auto& a, const auto& b) { return a.name == b.name; });
  }
  throw Error(
      "This model has an enforced contract that failed.\nPlease ensure the name, data_type, and "
      "number of columns in your contract match the columns in your model's definition.\n" +
      as_table(differ) + places(node, differ));
}

std::string contract_columns(const Node& node, const ProjectFiles& files) {
  std::vector<std::string> parts;
  for (const ColumnSpec& column : node.columns) {
    std::string part = written_name(column) + " " + column.data_type;
    for (const ConstraintSpec& constraint : column.constraints) {
      part += " " + constraint_sql(constraint, {}, files);
    }
    parts.push_back(part);
  }
  for (const ConstraintSpec& constraint : node.constraints) {
    const std::string name = constraint.name.empty() ? "" : "constraint " + constraint.name + " ";
    parts.push_back(name + constraint_sql(constraint, constraint.columns, files));
  }
  return "(" + join(parts, ", ") + ")";
}

std::string contract_names(const Node& node) {
  std::vector<std::string> names;
  for (const ColumnSpec& column : node.columns) names.push_back(written_name(column));
  return join(names, ", ");
}

}  // namespace gsa::dbt
