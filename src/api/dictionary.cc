#include "api/dictionary.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "api/day.h"
#include "api/facts.h"
#include "api/json_writer.h"
#include "assets/history.h"
#include "base/text.h"
#include "dbt/project.h"
#include "duck/relation_list.h"
#include "semantic/attribute_dimensions.h"
#include "semantic/layer_sql.h"

namespace gsa::api {
namespace {

// The description of a table of schema ops.
std::string record_description(std::string_view table) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kRecords = {{
      {"runs", "One row per run: its command and options, how it ended and what it made."},
      {"steps", "One row per step of a run: when it began and ended, and what it waited for."},
      {"materializations",
       "One row each time an asset was made: rows, bytes, seconds, memory, versions, and why."},
      {"asset_findings",
       "What was odd in the source of each raw table that a run made, and how often."},
      {"code_versions", "The SQL or the options that the code_version of an asset stands for."},
      {"checks", "One row per check and run: its outcome, and the first rows that failed."},
      {"events", "What runs said as they went, a row a line."},
      {"published", "The relations that readers see, and the run that each is of."},
      {"provenance", "What the published numbers are made of."},
      {"semantic_layer", "The measures and dimensions of the project that made what is published."},
      {"findings", "What was odd in the source, by which rule it was handled, and how often."},
  }};
  for (const auto& [name, description] : kRecords) {
    if (name == table) return std::string(description);
  }
  return "What gsa keeps on record of its runs.";
}

// A source's table has the warehouse's name: "raw_users" for "raw.raw_users".
std::string table_name(const dbt::Node& node) {
  if (node.kind != dbt::NodeKind::source) return node.name;
  const std::size_t dot = node.name.rfind('.');
  return dot == std::string::npos ? node.name : node.name.substr(dot + 1);
}

DictionaryTest test_of(const dbt::Node& node) {
  DictionaryTest test{node.name,
                      node.is_generic       ? node.spec.name
                      : node.is_unit_test() ? "unit"
                                            : "singular",
                      node.test.severity == dbt::Severity::error ? "error" : "warn",
                      node.description};
  if (node.is_generic && !node.spec.package.empty()) {
    test.kind = node.spec.package + "." + node.spec.name;
  }
  return test;
}

DictionaryTable table_of(const dbt::Project& project, const dbt::Node& node) {
  DictionaryTable table;
  table.name = table_name(node);
  table.kind =
      node.kind == dbt::NodeKind::source ? "source" : dbt::to_string(node.model.materialized);
  table.schema = node.relation.schema;
  table.group = node.group;
  table.owner = node.owner;
  table.description = node.description;
  table.file = node.file;
  table.tags = node.tags;
  for (const dbt::ColumnSpec& column : node.columns) {
    table.columns.push_back({column.name, column.description, {}});
  }
  for (const std::size_t input : node.depends_on) {
    table.depends_on.push_back(table_name(project.nodes()[input]));
  }
  return table;
}

// The existing tables, with their columns and rows.
struct Standing {
  std::map<std::string, std::string> types;  // of columns
  std::vector<std::string> columns;          // in their order
  std::optional<std::int64_t> rows;          // of a table
};

std::map<std::string, Standing> standing_tables(duck::Connection& connection) {
  std::map<std::string, Standing> standing;
  const duck::Result columns = connection.query(
      "select schema_name, table_name, column_name, data_type from duckdb_columns() "
      "where database_name = current_database() and not internal "
      "order by schema_name, table_name, column_index");
  for (std::size_t r = 0; r < columns.rows(); ++r) {
    Standing& table = standing[columns.text(r, 0) + "." + columns.text(r, 1)];
    table.types[columns.text(r, 2)] = columns.text(r, 3);
    table.columns.push_back(columns.text(r, 2));
  }
  for (const duck::ListedRelation& relation : duck::list_relations(connection)) {
    if (relation.is_view) continue;
    standing[relation.schema + "." + relation.name].rows = relation.rows;
  }
  return standing;
}

std::map<std::string, assets::CheckRecord> last_outcomes(duck::Connection& connection) {
  std::map<std::string, assets::CheckRecord> outcomes;
  for (assets::CheckRecord& check : assets::last_checks(connection)) {
    const std::string name = check.name;
    outcomes[name] = std::move(check);
  }
  return outcomes;
}

// Writes the tables with their relationships.
class Writer {
 public:
  Writer(duck::Connection& connection, const ColumnLineage& lineage)
      : standing_(standing_tables(connection)),
        outcomes_(last_outcomes(connection)),
        lineage_(lineage) {
    for (const auto& [column, inputs] : lineage) {
      for (const ColumnName& input : inputs) feeds_[input].push_back(column);
    }
  }

  void table(const DictionaryTable& table) {
    const auto found = standing_.find(table.schema + "." + table.name);
    const Standing* standing = found == standing_.end() ? nullptr : &found->second;
    json.begin_object();
    json.field("name", table.name);
    json.field("kind", table.kind);
    json.field("schema", table.schema);
    json.text_or_null("group", table.group);
    json.text_or_null("owner", table.owner);
    json.field("description", table.description);
    json.list("tags", table.tags);
    json.text_or_null("file", table.file);
    json.field("rows", standing ? standing->rows : std::nullopt);
    json.field("published", standing != nullptr);
    json.key("columns");
    json.begin_array();
    for (const DictionaryColumn& column : columns_of(table, standing)) {
      this->column(table, column, standing);
    }
    json.end_array();
    tests(table.tests);
    json.list("depends_on", table.depends_on);
    json.list("used_by", table.used_by);
    json.end_object();
  }

  // The tables of schema ops, which are not in the project.
  void records() {
    for (const auto& [name, standing] : standing_) {
      if (!name.starts_with("ops.")) continue;
      DictionaryTable table;
      table.name = name.substr(4);
      table.kind = "record";
      table.schema = "ops";
      table.description = record_description(table.name);
      this->table(table);
    }
  }

  JsonWriter json;

 private:
  // The described columns, followed by the others that exist.
  static std::vector<DictionaryColumn> columns_of(const DictionaryTable& table,
                                                  const Standing* standing) {
    std::vector<DictionaryColumn> columns = table.columns;
    if (standing == nullptr) return columns;
    for (const std::string& name : standing->columns) {
      const bool known = std::any_of(columns.begin(), columns.end(),
                                     [&](const auto& column) { return column.name == name; });
      if (!known) columns.push_back({name, "", {}});
    }
    return columns;
  }

  void column(const DictionaryTable& table, const DictionaryColumn& column,
              const Standing* standing) {
    std::string type;
    if (standing != nullptr) {
      const auto found = standing->types.find(column.name);
      if (found != standing->types.end()) type = found->second;
    }
    json.begin_object();
    json.field("name", column.name);
    json.text_or_null("type", type);
    json.field("description", column.description);
    tests(column.tests);
    const ColumnName name{table.name, column.name};
    const auto from = lineage_.find(name);
    names("from", from == lineage_.end() ? std::vector<ColumnName>{} : from->second);
    const auto feeds = feeds_.find(name);
    names("feeds", feeds == feeds_.end() ? std::vector<ColumnName>{} : feeds->second);
    json.end_object();
  }

  void tests(const std::vector<DictionaryTest>& tests) {
    json.key("tests");
    json.begin_array();
    for (const DictionaryTest& test : tests) {
      const auto outcome = outcomes_.find(test.name);
      const bool asked = outcome != outcomes_.end();
      json.begin_object();
      json.field("name", test.name);
      json.field("kind", test.kind);
      json.field("severity", test.severity);
      json.field("description", test.description);
      json.text_or_null("status", asked ? assets::name_of(outcome->second.status) : "");
      json.text_or_null("checked_at", asked && outcome->second.checked_at
                                          ? iso_time(assets::utc_text(outcome->second.checked_at))
                                          : "");
      json.end_object();
    }
    json.end_array();
  }

  void names(std::string_view key, const std::vector<ColumnName>& names) {
    json.key(key);
    json.begin_array();
    for (const ColumnName& name : names) {
      json.begin_object();
      json.field("table", name.table);
      json.field("column", name.column);
      json.end_object();
    }
    json.end_array();
  }

  std::map<std::string, Standing> standing_;
  std::map<std::string, assets::CheckRecord> outcomes_;
  const ColumnLineage& lineage_;
  std::map<ColumnName, std::vector<ColumnName>> feeds_;
};

void write_term(JsonWriter& json, const Layer& layer, std::string_view kind, const auto& of,
                Level level, const std::string& sql) {
  json.begin_object();
  json.field("name", of.name);
  json.field("kind", kind);
  json.field("label", of.label);
  json.field("description", of.description);
  json.field("table", layer.table(level).name);
  json.field("sql", sql);
  json.field("place", of.place);
  json.end_object();
}

// Measures, dimensions and ranges.
void write_terms(JsonWriter& json, const Layer& layer) {
  json.key("terms");
  json.begin_array();
  for (const Measure& measure : layer.measures) {
    if (measure.hidden) continue;
    write_term(json, layer, "measure", measure, layer.level_of(measure),
               semantic::measure_sql(layer, measure, semantic::aggregate_sql));
  }
  for (const Dimension& dimension : layer.dimensions) {
    write_term(json, layer, "dimension", dimension, dimension.level, dimension.expr);
  }
  for (const Range& range : layer.ranges) {
    write_term(json, layer, "range", range, range.level, range.expr);
  }
  json.end_array();
}

}  // namespace

Dictionary::Dictionary(const dbt::Project& project) : project_(project.name()) {
  std::map<std::size_t, std::size_t> place;  // of a node, in tables_
  const std::vector<dbt::Node>& nodes = project.nodes();
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (nodes[n].kind == dbt::NodeKind::test) continue;
    place[n] = tables_.size();
    tables_.push_back(table_of(project, nodes[n]));
  }
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    if (nodes[n].kind != dbt::NodeKind::test) {
      for (const std::size_t input : nodes[n].depends_on) {
        if (place.contains(input)) {
          tables_[place[input]].used_by.push_back(table_name(nodes[n]));
        }
      }
      continue;
    }
    const DictionaryTest test = test_of(nodes[n]);
    if (!nodes[n].is_generic) {  // shown with every table that it reads
      for (const std::size_t input : nodes[n].depends_on) {
        if (place.contains(input)) tables_[place[input]].tests.push_back(test);
      }
      continue;
    }
    DictionaryTable& table = tables_[place.at(nodes[n].tested)];
    const auto column =
        std::find_if(table.columns.begin(), table.columns.end(),
                     [&](const auto& one) { return one.name == nodes[n].spec.column; });
    (column == table.columns.end() ? table.tests : column->tests).push_back(test);
  }
}

const DictionaryTable* Dictionary::find(std::string_view table) const {
  for (const DictionaryTable& one : tables_) {
    if (one.name == table) return &one;
  }
  return nullptr;
}

std::string Dictionary::describe(std::string_view table, std::string_view column) const {
  const DictionaryTable* found = find(table);
  if (found == nullptr) return "";
  if (column.empty()) return found->description;
  for (const DictionaryColumn& one : found->columns) {
    if (one.name == column) return one.description;
  }
  return "";
}

namespace {

// What the run put on record: what it took for which signal, or the other columns of the source.
void write_recorded(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
  json.key(key);
  json.begin_array();
  for (const std::string& text : texts) json.raw(text);
  json.end_array();
}

}  // namespace

std::string dictionary_json(duck::Connection& connection, const Dictionary& dictionary,
                            const ColumnLineage& lineage, const Layer& layer) {
  Writer writer(connection, lineage);
  writer.json.begin_object();
  writer.json.field("publication", publication_of(connection));
  writer.json.field("project", dictionary.project());
  writer.json.key("tables");
  writer.json.begin_array();
  for (const DictionaryTable& table : dictionary.tables()) writer.table(table);
  writer.records();
  writer.json.end_array();
  write_terms(writer.json, layer);
  write_recorded(writer.json, "signals",
                 semantic::recorded_texts(connection, "raw_prompts", "signal "));
  write_recorded(writer.json, "attributes",
                 semantic::recorded_texts(connection, "raw_generations", "attribute "));
  writer.json.end_object();
  return writer.json.take();
}

}  // namespace gsa::api
