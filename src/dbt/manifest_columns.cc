#include "dbt/manifest_columns.h"

#include <algorithm>

#include <fmt/format.h>

#include "dbt/data_tests.h"
#include "dbt/sha256.h"
#include "dbt/written_value.h"

namespace gsa::dbt {
namespace {

Dict constraint_value(const ConstraintSpec& constraint) {
  Dict dict;
  dict.set(Value("type"), Value(constraint.type));
  dict.set(Value("name"), text_or_null(constraint.name));
  dict.set(Value("expression"), text_or_null(constraint.expression));
  dict.set(Value("warn_unenforced"), Value(true));
  dict.set(Value("warn_unsupported"), Value(true));
  dict.set(Value("to"), Value());
  dict.set(Value("to_columns"), Value(List()));
  return dict;
}

Value constraints_value(const std::vector<ConstraintSpec>& constraints, bool of_table) {
  List list;
  for (const ConstraintSpec& constraint : constraints) {
    Dict dict = constraint_value(constraint);
    if (of_table) dict.set(Value("columns"), list_of_texts(constraint.columns));
    list.emplace_back(std::move(dict));
  }
  return Value(std::move(list));
}

std::string raw_description(const ColumnSpec& column, const ModelSpec* written) {
  if (written == nullptr) return "";
  const auto found =
      std::find_if(written->columns.begin(), written->columns.end(),
                   [&](const ColumnSpec& other) { return other.name == column.name; });
  return found == written->columns.end() ? "" : found->description;
}

// The constraints as Python prints the objects in which dbt keeps them: it takes sums of that.
std::string printed(const std::vector<ConstraintSpec>& constraints, bool of_table) {
  std::string text;
  for (const ConstraintSpec& constraint : constraints) {
    text += fmt::format(
        "{}{}LevelConstraint(type=<ConstraintType.{}: {}>, name={}, expression={}, "
        "warn_unenforced=True, warn_unsupported=True, to=None, to_columns=[]{})",
        text.empty() ? "" : ", ", of_table ? "Model" : "Column", constraint.type,
        Value(constraint.type).repr(), text_or_null(constraint.name).repr(),
        text_or_null(constraint.expression).repr(),
        of_table ? ", columns=" + list_of_texts(constraint.columns).repr() : "");
  }
  return "[" + text + "]";
}

std::string contract_checksum(const Node& node) {
  std::vector<const ColumnSpec*> columns;
  for (const ColumnSpec& column : node.columns) columns.push_back(&column);
  std::sort(columns.begin(), columns.end(),
            [](const ColumnSpec* a, const ColumnSpec* b) { return a->name < b->name; });
  std::string promised;
  for (const ColumnSpec* column : columns) {
    promised += fmt::format("|{}{}{}", column->name, text_or_null(column->data_type).str(),
                            printed(column->constraints, false));
  }
  const Materialization made = node.model.materialized;
  if (made == Materialization::table || made == Materialization::incremental) {
    promised += to_string(made) + printed(node.constraints, true);
  }
  return sha256_of(promised);
}

const ConstraintSpec* primary_key_of(const std::vector<ConstraintSpec>& constraints) {
  const auto found = std::find_if(constraints.begin(), constraints.end(),
                                  [](const ConstraintSpec& c) { return c.type == "primary_key"; });
  return found == constraints.end() ? nullptr : &*found;
}

std::vector<std::string> tested_columns(const Node& test) {
  if (!test.spec.column.empty()) return {column_sql(test.spec)};
  std::vector<std::string> columns;
  const Value* listed = test.spec.arguments.find("combination_of_columns");
  if (listed == nullptr || !listed->is_sequence()) return columns;
  for (const Value& column : listed->as_list()) {
    if (column.is_string()) columns.push_back(column.as_string());
  }
  return columns;
}

bool lists(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

Value columns_in_manifest(const Node& node, const ModelSpec* written, const std::string& project) {
  Members columns;
  for (const ColumnSpec& column : node.columns) {
    Dict dict;
    const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
    set("name", Value(column.name));
    set("description", Value(column.description));
    set("meta", as_json_value(Value(column.meta)));
    set("data_type", text_or_null(column.data_type));
    set("constraints", constraints_value(column.constraints, false));
    set("quote", column.quote ? Value(true) : Value());
    Dict config;
    config.set(Value("meta"), as_json_value(Value(column.meta)));
    config.set(Value("tags"), list_of_texts(column.tags));
    set("config", Value(std::move(config)));
    set("tags", list_of_texts(column.tags));
    set("granularity", text_or_null(column.granularity));
    set("doc_blocks", doc_blocks_in(raw_description(column, written), project));
    columns.emplace_back(Value(column.name), Value(std::move(dict)));
  }
  return Value(Dict(std::move(columns)));
}

Value constraints_in_manifest(const Node& node) {
  return constraints_value(node.constraints, true);
}

Value contract_in_manifest(const Node& node) {
  const bool enforced = node.kind == NodeKind::model && node.model.has_contract;
  Dict contract;
  contract.set(Value("enforced"), Value(enforced));
  contract.set(Value("alias_types"), Value(true));
  contract.set(Value("checksum"), enforced ? Value(contract_checksum(node)) : Value());
  return Value(std::move(contract));
}

Value primary_key_in_manifest(const Node& node, const std::vector<const Node*>& tests) {
  if (const ConstraintSpec* key = primary_key_of(node.constraints)) {
    return list_of_texts(key->columns);
  }
  for (const ColumnSpec& column : node.columns) {
    if (primary_key_of(column.constraints) != nullptr) return list_of_texts({column.name});
  }
  std::vector<std::string> unique, asked_unique, present;
  for (const Node* test : tests) {
    const std::string& name = test->spec.name;
    for (const std::string& column : tested_columns(*test)) {
      if (name == "not_null") present.push_back(column);
      if (name != "unique" && name != "unique_combination_of_columns") continue;
      std::vector<std::string>& into = test->test.enabled ? asked_unique : unique;
      if (!lists(into, column)) into.push_back(column);
    }
  }
  std::vector<std::string> both;
  for (const std::string& column : present) {
    const bool is_unique = lists(unique, column) || lists(asked_unique, column);
    if (is_unique && !lists(both, column)) both.push_back(column);
  }
  if (!both.empty()) return list_of_texts(both);
  return list_of_texts(asked_unique.empty() ? unique : asked_unique);
}

Value time_spine_in_manifest(const std::optional<Value>& written) {
  const Dict of_spine({{Value("standard_granularity_column"), Value()},
                       {Value("custom_granularities"), Value(List())}});
  const Dict of_custom({{Value("name"), Value()}, {Value("column_name"), Value()}});
  Value spine = with_defaults(written.value_or(Value()), of_spine);
  if (!spine.is_dict()) return spine;
  List custom;
  for (const Value& each : spine.as_dict().find("custom_granularities")->as_list()) {
    custom.push_back(with_defaults(each, of_custom));
  }
  spine.as_dict().set(Value("custom_granularities"), Value(std::move(custom)));
  return spine;
}

}  // namespace gsa::dbt
