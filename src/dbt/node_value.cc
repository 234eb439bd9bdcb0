#include "dbt/node_value.h"

#include <utility>

namespace gsa::dbt {
namespace {

Value list_of(const std::vector<std::string>& texts) {
  List list;
  for (const std::string& text : texts) list.emplace_back(text);
  return Value(std::move(list));
}

std::string below_root(const std::string& file, const std::vector<std::string>& roots) {
  for (const std::string& root : roots) {
    if (file.starts_with(root + "/")) return file.substr(root.size() + 1);
  }
  return file;
}

}  // namespace

std::string resource_type(const Node& node) {
  return node.unique_id.substr(0, node.unique_id.find('.'));
}

Dict config_of(const Node& node) {
  Dict config;
  const auto set = [&](const char* key, Value value) { config.set(Value(key), std::move(value)); };
  set("enabled", Value(true));
  set("tags", list_of(node.tags));
  set("meta", Value(node.meta));
  if (node.kind != NodeKind::source) {
    for (const char* key : {"alias", "schema", "database", "group"}) set(key, Value());
    set("materialized",
        node.kind == NodeKind::test ? Value("test") : Value(to_string(node.model.materialized)));
  }
  if (node.kind == NodeKind::model) {
    set("unique_key", Value());
    set("incremental_strategy", Value());
    set("full_refresh", Value());
    set("on_schema_change", Value("ignore"));
    set("access", Value("protected"));
    set("persist_docs", Value(Dict()));
    Dict contract;
    contract.set(Value("enforced"), Value(false));
    set("contract", Value(std::move(contract)));
  }
  if (node.kind == NodeKind::test) {
    set("severity", Value(node.test.severity == Severity::warn ? "WARN" : "ERROR"));
    for (const char* key : {"where", "limit", "store_failures"}) set(key, Value());
    set("fail_calc", Value(node.test.fail_calc));
    set("warn_if", Value(node.test.warn_if));
    set("error_if", Value(node.test.error_if));
  }
  for (const auto& [key, setting] : node.settings.all()) {
    if (key != "tags" && key != "meta" && key != "severity") {
      config.set(Value(key), setting.value);
    }
  }
  return config;
}

Value node_value(const Node& node, const std::string& project,
                 const std::vector<std::string>& roots) {
  Dict dict;
  const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
  set("name", Value(node.name));
  set("resource_type", Value(resource_type(node)));
  set("package_name", Value(project));
  set("path", Value(below_root(node.file, roots)));
  set("original_file_path", Value(node.file));
  set("unique_id", Value(node.unique_id));
  set("fqn", list_of(node.fqn));
  set("alias", Value(node.model.alias.empty() ? node.name : node.model.alias));
  set("tags", list_of(node.tags));
  set("meta", Value(node.meta));
  set("group", node.group.empty() ? Value() : Value(node.group));
  set("description", Value(node.description));
  set("language", Value("sql"));
  set("version", Value());
  set("config", Value(config_of(node)));
  return Value(std::move(dict));
}

}  // namespace gsa::dbt
