#include "dbt/relation_value.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "dbt/relation_names.h"

namespace gsa::dbt {
namespace {

const Value& part(const Value& of, std::string_view name) {
  static const Value kNone;
  const Value* found = of.as_object().attributes.find(name);
  return found == nullptr ? kNone : *found;
}

// The SQL name with these parts. Omits parts that are empty or not wanted.
Value with_parts(const Value& self, bool database, bool schema, bool identifier, bool quote) {
  std::vector<std::string> parts;
  for (const auto& [name, wanted] : {std::pair("database", database), std::pair("schema", schema),
                                     std::pair("identifier", identifier)}) {
    const Value& text = part(self, name);
    if (!wanted || !text.is_string() || text.as_string().empty()) continue;
    parts.push_back(quote ? sql_name(text.as_string()) : text.as_string());
  }
  Object made = self.as_object();
  made.text = join(parts, ".");
  return Value::object(std::move(made));
}

bool flag(const CallArguments& arguments, std::size_t position, std::string_view name,
          bool otherwise) {
  const Value* found = arguments.find(position, name);
  return found == nullptr || found->is_none() ? otherwise : found->truth();
}

Value include(const Value& self, const CallArguments& arguments) {
  arguments.expect("include", 0, {"database", "schema", "identifier"});
  return with_parts(self, flag(arguments, 0, "database", true), flag(arguments, 1, "schema", true),
                    flag(arguments, 2, "identifier", true), true);
}

// DuckDB accepts names with and without quotes alike, so either all parts are quoted or none.
Value quote(const Value& self, const CallArguments& arguments) {
  arguments.expect("quote", 0, {"database", "schema", "identifier"});
  return with_parts(self, true, true, true, flag(arguments, 2, "identifier", true));
}

Value without_identifier(const Value& self, const CallArguments& arguments) {
  arguments.expect("without_identifier", 0, {});
  return with_parts(self, true, true, false, true);
}

Value render(const Value& self, const CallArguments& arguments) {
  arguments.expect("render", 0, {});
  return self.as_object().text;
}

Value incorporate(const Value& self, const CallArguments& arguments) {
  arguments.expect("incorporate", 0, {"path", "type"});
  const Value changed = Value::object(Object(self.as_object()));
  if (const Value* path = arguments.find(0, "path")) {
    for (const auto& [name, text] : path->as_dict().entries()) {
      changed.as_object().attributes.set(name, text);
    }
    changed.as_object().attributes.set("name", part(changed, "identifier"));
  }
  if (const Value* type = arguments.find(1, "type")) {
    changed.as_object().attributes.set("type", *type);
  }
  return with_parts(changed, true, true, true, true);
}

// For templates a relation is a mapping; packages use it to ask for the relation's type.
Value get(const Value& self, const CallArguments& arguments) {
  arguments.expect("get", 1, {"key", "default"});
  const std::string& key = arguments.find(0, "key")->as_string();
  if (key == "metadata") return Dict({{Value("type"), Value("DuckDBRelation")}});
  const Value* otherwise = arguments.find(1, "default");
  const Value& found = part(self, key);
  return !found.is_none() || otherwise == nullptr ? found : *otherwise;
}

template <bool (*holds)(const std::string& type)>
Value type_test(const Value& self, const CallArguments&) {
  return holds(to_lower(part(self, "dtype").str()));
}

bool is_one_of(const std::string& type, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), type) != names.end();
}

// As in dbt-duckdb, where DECIMAL(10,2) is not a number.
bool is_string(const std::string& type) {
  return is_one_of(type, {"text", "character varying", "character", "varchar"});
}
bool is_float(const std::string& type) {
  return is_one_of(type, {"real", "float", "float4", "float8", "double"});
}
bool is_integer_type(const std::string& type) {
  return is_one_of(type, {"tinyint", "smallint", "integer", "bigint", "hugeint", "utinyint",
                          "usmallint", "uinteger", "ubigint", "int1", "int2", "int4", "int8",
                          "short", "int", "signed", "long"});
}
bool is_numeric(const std::string& type) { return is_one_of(type, {"numeric", "decimal"}); }
bool is_number(const std::string& type) {
  return is_integer_type(type) || is_numeric(type) || is_float(type);
}

const ObjectType kRelation = {"relation",
                              {{"get", get},
                               {"include", include},
                               {"quote", quote},
                               {"without_identifier", without_identifier},
                               {"incorporate", incorporate},
                               {"render", render}}};
const ObjectType kColumn = {"column",
                            {{"is_string", type_test<is_string>},
                             {"is_float", type_test<is_float>},
                             {"is_integer", type_test<is_integer_type>},
                             {"is_numeric", type_test<is_numeric>},
                             {"is_number", type_test<is_number>}}};

std::string text_or_empty(const CallArguments& arguments, std::size_t position,
                          std::string_view name) {
  const Value* found = arguments.find(position, name);
  return found == nullptr || found->is_none() ? "" : found->str();
}

Value create_relation(const CallArguments& arguments) {
  arguments.expect("Relation.create", 0, {"database", "schema", "identifier", "type"});
  return found_relation(
      {text_or_empty(arguments, 0, "database"), text_or_empty(arguments, 1, "schema"),
       text_or_empty(arguments, 2, "identifier")},
      text_or_empty(arguments, 3, "type"));
}

// "string" is TEXT; like dbt, leaves all other names unchanged.
std::string translated(const std::string& type) {
  return to_lower(type) == "string" ? "TEXT" : type;
}

Value column_class() {
  const auto make = [](const CallArguments& arguments) {
    arguments.expect("Column", 2, {"column", "dtype"});
    return column_value(arguments.find(0, "column")->str(), arguments.find(1, "dtype")->str());
  };
  Value made = Value::object("Column", "<class 'Column'>", {}, make);
  Dict& attributes = made.as_object().attributes;
  attributes.set("create", Value::function("Column.create", [](const CallArguments& arguments) {
                   arguments.expect("Column.create", 2, {"name", "label_or_dtype"});
                   return column_value(arguments.find(0, "name")->str(),
                                       translated(arguments.find(1, "label_or_dtype")->str()));
                 }));
  attributes.set("translate_type",
                 Value::function("Column.translate_type", [](const CallArguments& arguments) {
                   arguments.expect("Column.translate_type", 1, {"dtype"});
                   return Value(translated(arguments.find(0, "dtype")->str()));
                 }));
  attributes.set(
      "string_type", Value::function("Column.string_type", [](const CallArguments& arguments) {
        arguments.expect("Column.string_type", 1, {"size"});
        return Value(fmt::format("character varying({})", arguments.find(0, "size")->str()));
      }));
  attributes.set("numeric_type",
                 Value::function("Column.numeric_type", [](const CallArguments& arguments) {
                   arguments.expect("Column.numeric_type", 1, {"dtype", "precision", "scale"});
                   const std::string precision = text_or_empty(arguments, 1, "precision");
                   const std::string scale = text_or_empty(arguments, 2, "scale");
                   const std::string type = arguments.find(0, "dtype")->str();
                   if (precision.empty() || scale.empty()) return Value(type);
                   return Value(fmt::format("{}({},{})", type, precision, scale));
                 }));
  return made;
}

}  // namespace

Value relation_value(const Relation& relation, const std::string& sql) {
  // Runs for every ref() of every node, so the keys are shared, and the name too.
  static const Value kDatabase("database"), kSchema("schema"), kIdentifier("identifier"),
      kName("name");
  const Value name(relation.name);
  Object made;
  made.name = "relation";
  made.text = sql;
  made.attributes = Dict({{kDatabase, Value(relation.database)},
                          {kSchema, Value(relation.schema)},
                          {kIdentifier, name},
                          {kName, name}});
  made.type = &kRelation;
  return Value::object(std::move(made));
}

Value found_relation(const Relation& relation, const std::string& type) {
  const Value made = relation_value(relation, quoted_name(relation));
  Dict& attributes = made.as_object().attributes;
  attributes.set("type", type.empty() ? Value() : Value(type));
  attributes.set("is_table", type == "table");
  attributes.set("is_view", type == "view");
  attributes.set("is_cte", false);
  return made;
}

Relation relation_of(const Value& value) {
  const auto text = [&](std::string_view name) {
    const Value& found = part(value, name);
    return found.is_string() ? found.as_string() : std::string();
  };
  return {text("database"), text("schema"), text("identifier")};
}

Value column_value(const std::string& name, const std::string& type) {
  Object made;
  made.name = "column";
  made.text = fmt::format("<Column {} ({})>", name, type);
  made.type = &kColumn;
  for (const char* key : {"name", "column"}) made.attributes.set(key, Value(name));
  made.attributes.set("dtype", Value(type));
  // dbt gives this length to text without one; DuckDB has none.
  const std::string full = is_string(to_lower(type)) ? "character varying(256)" : type;
  for (const char* key : {"data_type", "expanded_data_type"}) made.attributes.set(key, Value(full));
  made.attributes.set("quoted", Value(sql_name(name)));
  return Value::object(std::move(made));
}

Value api_value() {
  Dict relation;
  relation.set("create", Value::function("Relation.create", create_relation));
  Dict attributes;
  attributes.set("Relation", Value::object("Relation", "<class 'Relation'>", std::move(relation)));
  attributes.set("Column", column_class());
  return Value::object("api", "<api>", std::move(attributes));
}

}  // namespace gsa::dbt
