#include "pipeline/record_scrubbing.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "duck/function.h"

namespace gsa::pipeline {
namespace {

// Columns with words of gsa's own and names of tables. A user may be called like one of them.
constexpr std::array<std::string_view, 20> kOwnWords = {
    "asset",       "behavior",     "check_name",    "checksum", "code_version",
    "command",     "data_version", "event",         "finding",  "gsa_version",
    "inputs",      "kind",         "level",         "name",     "partition",
    "schema_name", "severity",     "source_column", "status",   "waited_for"};

// Tables without words of the data, and the list of the forgotten itself.
constexpr std::array<std::string_view, 3> kOwnTables = {"forgotten", "published", "semantic_layer"};

template <typename Names>
bool has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// SQL: the column without private texts; "" if it has no text.
std::string scrubbed(const std::string& column, const std::string& type) {
  if (type == "VARCHAR") return fmt::format("gsa_without_private({})", column);
  if (type == "VARCHAR[]") {
    return fmt::format("list_transform({}, lambda x: gsa_without_private(x))", column);
  }
  if (type == "MAP(VARCHAR, VARCHAR)") {
    return fmt::format(
        "map(map_keys({0}), list_transform(map_values({0}), lambda x: gsa_without_private(x)))",
        column);
  }
  if (type.starts_with("STRUCT(") && type.ends_with("VARCHAR)[]")) {  // options
    return fmt::format(
        "list_transform({}, lambda x: {{'name': x.name, 'value': gsa_without_private(x.value)}})",
        column);
  }
  return "";
}

}  // namespace

std::vector<std::string> scrub_records(duck::Connection& connection,
                                       std::shared_ptr<const PrivateTexts> texts) {
  using duck::Arguments;
  using duck::Output;
  const auto text = duck::Type::of(duck::TypeId::varchar);
  duck::register_function(connection,
                          {"gsa_without_private",
                           {text},
                           text,
                           [texts = std::move(texts)](const Arguments& in, Output& out) {
                             const duck::Texts given = in.texts(0);
                             for (std::size_t row = 0; row < in.rows(); ++row) {
                               if (given.is_null(row)) {
                                 out.set_null(row);
                               } else {
                                 out.set_text(row, texts->without(given[row]));
                               }
                             }
                           }});
  constexpr const char* kEarlier = "run_id < (select max(run_id) from ops.runs)";
  std::vector<std::string> statements = {
      fmt::format("update ops.checks set sample = null where sample is not null and {}", kEarlier),
      fmt::format("update ops.asset_findings set place = null, example = null where place is not "
                  "null and {}",
                  kEarlier)};
  const duck::Result columns = connection.query(
      "select table_name, column_name, data_type from duckdb_columns() where schema_name = 'ops' "
      "and database_name = current_database() order by all");
  for (std::size_t r = 0; r < columns.rows(); ++r) {
    const std::string table = columns.text(r, 0), column = columns.text(r, 1);
    if (has(kOwnTables, table) || has(kOwnWords, column)) continue;
    const std::string value = scrubbed(sql_name(column), columns.text(r, 2));
    if (value.empty()) continue;
    statements.push_back(fmt::format("update ops.{0} set {1} = {2} where {1} is distinct from {2}",
                                     sql_name(table), sql_name(column), value));
  }
  return statements;
}

}  // namespace gsa::pipeline
