#include "dbt/dbt_functions.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/error.h"
#include "dbt/md5.h"
#include "dbt/project_files.h"
#include "dbt/yaml.h"

namespace gsa::dbt {
namespace {

namespace json = boost::json;

Value from_json(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return {};
    case json::kind::bool_:
      return value.get_bool();
    case json::kind::int64:
      return value.get_int64();
    case json::kind::uint64:
      return static_cast<double>(value.get_uint64());
    case json::kind::double_:
      return value.get_double();
    case json::kind::string:
      return std::string(value.get_string());
    case json::kind::array: {
      List list;
      for (const json::value& item : value.get_array()) list.push_back(from_json(item));
      return list;
    }
    case json::kind::object: {
      Dict dict;
      for (const auto& [key, item] : value.get_object()) {
        dict.set(Value(std::string(key)), from_json(item));
      }
      return dict;
    }
  }
  return {};
}

// Unreadable text gives the default; none if there is no default.
Value fromjson(const CallArguments& arguments) {
  arguments.expect("fromjson", 1, {"string", "default"});
  const Value& text = *arguments.find(0, "string");
  const Value* otherwise = arguments.find(1, "default");
  boost::system::error_code failed;
  json::value value;
  if (text.is_string()) value = json::parse(text.as_string(), failed);
  if (text.is_string() && !failed) return from_json(value);
  return otherwise == nullptr ? Value() : *otherwise;
}

Value tojson(const CallArguments& arguments) {
  arguments.expect("tojson", 1, {"value", "default", "sort_keys"});
  const Value* sort = arguments.find(2, "sort_keys");
  const Value* otherwise = arguments.find(1, "default");
  try {
    return arguments.find(0, "value")->json(sort != nullptr && sort->truth());
  } catch (const Error&) {
    return otherwise == nullptr ? Value() : *otherwise;
  }
}

Value fromyaml(const CallArguments& arguments) {
  arguments.expect("fromyaml", 1, {"value", "default"});
  const Value* otherwise = arguments.find(1, "default");
  try {
    const std::map<std::string, std::string> texts = {
        {"text", arguments.find(0, "value")->as_string()}};
    const ProjectFiles files(texts);
    return Yaml::parse(files, "text").value();
  } catch (const Error&) {
    return otherwise == nullptr ? Value() : *otherwise;
  }
}

bool can_iterate(const Value& value) {
  return value.is_string() || value.is_sequence() || value.is_dict() ||
         (value.is_object() && value.as_object().items.has_value());
}

// The distinct items, in order of first appearance.
Value unique_of(const Value& value) {
  List items;
  for (const Value& item : value.iterate()) {
    if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
  }
  return items;
}

Value set_function(const CallArguments& arguments) {
  arguments.expect("set", 1, {"value", "default"});
  const Value& value = *arguments.find(0, "value");
  const Value* otherwise = arguments.find(1, "default");
  if (!can_iterate(value)) return otherwise == nullptr ? Value() : *otherwise;
  return unique_of(value);
}

Value set_strict(const CallArguments& arguments) {
  arguments.expect("set_strict", 1, {"value"});
  return unique_of(*arguments.find(0, "value"));
}

Value zipped(const std::vector<Value>& values) {
  std::vector<List> lists;
  for (const Value& value : values) lists.push_back(value.iterate());
  List rows;
  for (std::size_t i = 0; !lists.empty(); ++i) {
    List row;
    for (const List& list : lists) {
      if (i == list.size()) return rows;
      row.push_back(list[i]);
    }
    rows.push_back(Value::tuple(std::move(row)));
  }
  return rows;
}

Value zip(const CallArguments& arguments) {
  const Value* otherwise = arguments.find(arguments.positional.size(), "default");
  const auto& given = arguments.positional;
  if (!std::all_of(given.begin(), given.end(), can_iterate)) {
    return otherwise == nullptr ? Value() : *otherwise;
  }
  return zipped(given);
}

Value local_md5(const CallArguments& arguments) {
  arguments.expect("local_md5", 1, {"value"});
  return md5_of(arguments.find(0, "value")->as_string());
}

[[noreturn]] Value raise(const CallArguments& arguments) {
  throw Error(arguments.positional.empty() ? "the template raises an error"
                                           : arguments.positional[0].str());
}

}  // namespace

void add_dbt_functions(Scope& scope) {
  scope.set_function("fromjson", fromjson);
  scope.set_function("tojson", tojson);
  scope.set_function("fromyaml", fromyaml);
  scope.set_function("set", set_function);
  scope.set_function("set_strict", set_strict);
  scope.set_function("zip", zip);
  scope.set_function("zip_strict",
                     [](const CallArguments& arguments) { return zipped(arguments.positional); });
  scope.set_function("local_md5", local_md5);
}

Value exceptions_value(Function warn) {
  Dict attributes;
  for (const char* name : {"raise_compiler_error", "raise_not_implemented", "raise_database_error",
                           "raise_parsing_error", "raise_dependency_error", "raise_fail_fast_error",
                           "missing_config", "missing_materialization", "missing_relation",
                           "relation_wrong_type", "raise_contract_error"}) {
    attributes.set(name, Value::function(std::string("exceptions.") + name, raise));
  }
  attributes.set("warn", Value::function("exceptions.warn", std::move(warn)));
  return Value::object("exceptions", "<exceptions>", std::move(attributes));
}

}  // namespace gsa::dbt
