#include "dbt/manifest_sources.h"

#include <map>
#include <optional>

#include "dbt/manifest_columns.h"
#include "dbt/written_value.h"

namespace gsa::dbt {
namespace {

Value limit_value(const std::optional<AgeLimit>& limit) {
  Dict dict;
  dict.set(Value("count"), limit ? Value(limit->count) : Value());
  dict.set(Value("period"), limit ? Value(std::string(period_name(limit->period))) : Value());
  return Value(std::move(dict));
}

// Null where the source switches freshness off.
Value freshness_value(const Node& node, const SourceSpec& spec) {
  if (!node.freshness && !spec.freshness.empty()) return {};
  const Freshness freshness = node.freshness.value_or(Freshness{});
  Dict dict;
  dict.set(Value("warn_after"), limit_value(freshness.warn_after));
  dict.set(Value("error_after"), limit_value(freshness.error_after));
  dict.set(Value("filter"), text_or_null(freshness.filter));
  return Value(std::move(dict));
}

Value quoting_value(const std::optional<Yaml>& table) {
  Dict quoting;
  const std::optional<Value> said = written_value(table, "quoting");
  for (const char* key : {"database", "schema", "identifier", "column"}) {
    const Value* value = said && said->is_dict() ? said->as_dict().find(key) : nullptr;
    quoting.set(Value(key), value == nullptr ? Value() : *value);
  }
  return Value(std::move(quoting));
}

class SourceWriter {
 public:
  SourceWriter(const Project& project, double created_at)
      : project_(project), created_at_(created_at) {
    for (const SourceSpec& spec : project.declarations().sources) {
      specs_.emplace(spec.source + "." + spec.table.name, &spec);
    }
  }

  Value write(const Node& node) {
    const SourceSpec& spec = *specs_.at(node.name);
    Dict dict;
    const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
    set("database", Value(database_of(node, project_)));
    set("schema", Value(node.relation.schema));
    set("name", Value(spec.table.name));
    set("resource_type", Value("source"));
    set("package_name", Value(project_.name()));
    set("path", Value(node.file));
    set("original_file_path", Value(node.file));
    set("unique_id", Value(node.unique_id));
    set("fqn", list_of_texts(node.fqn));
    set("source_name", Value(spec.source));
    set("source_description", Value(rendered_description(project_, spec.written)));
    set("loader", value_or(said(spec, "loader"), Value("")));
    set("identifier", Value(node.relation.name));
    set("quoting", quoting_value(spec.table.written));
    write_age(node, spec, dict);
    set("external", value_or(written_value(spec.table.written, "external"), Value()));
    set("description", Value(node.description));
    set("columns", columns_in_manifest(node, &spec.table, project_.name()));
    set("meta", as_json_value(Value(node.meta)));
    set("source_meta", value_or(configured_value(spec.written, "meta"), Value(Dict())));
    set("tags", list_of_texts(node.tags));
    set("config", config_of(node, spec));
    set("patch_path", Value());
    set("unrendered_config", unrendered(node, spec));
    set("relation_name", relation_name_of(node, project_));
    set("created_at", Value(created_at_));
    set("unrendered_database", value_or(written_value(spec.written, "database"), Value()));
    set("unrendered_schema", value_or(written_value(spec.written, "schema"), Value()));
    set("doc_blocks", doc_blocks_in(spec.table.description, project_.name()));
    return Value(std::move(dict));
  }

 private:
  // The table's, else the source's.
  static std::optional<Value> said(const SourceSpec& spec, std::string_view key) {
    const std::optional<Value> own = configured_value(spec.table.written, key);
    return own ? own : configured_value(spec.written, key);
  }

  static Value loaded_at(const Node& node) {
    const Setting* setting = node.settings.find("loaded_at_field");
    return setting == nullptr ? Value() : as_json_value(setting->value);
  }

  static void write_age(const Node& node, const SourceSpec& spec, Dict& dict) {
    dict.set(Value("loaded_at_field"), loaded_at(node));
    dict.set(Value("loaded_at_query"), value_or(said(spec, "loaded_at_query"), Value()));
    dict.set(Value("freshness"), freshness_value(node, spec));
  }

  static Value config_of(const Node& node, const SourceSpec& spec) {
    Dict config;
    config.set(Value("enabled"), Value(true));
    config.set(Value("event_time"), value_or(said(spec, "event_time"), Value()));
    config.set(Value("freshness"), freshness_value(node, spec));
    config.set(Value("loaded_at_field"), loaded_at(node));
    config.set(Value("loaded_at_query"), value_or(said(spec, "loaded_at_query"), Value()));
    config.set(Value("meta"), as_json_value(Value(node.meta)));
    config.set(Value("tags"), list_of_texts(node.tags));
    config.set(Value("static_analysis"), Value());
    return Value(std::move(config));
  }

  static Value unrendered(const Node& node, const SourceSpec& spec) {
    Dict config;
    for (const auto& [key, setting] : node.settings.all()) {
      config.set(Value(key), as_json_value(setting.value));
    }
    for (const char* key : {"loaded_at_field", "loaded_at_query"}) {
      if (config.find(key) == nullptr) config.set(Value(key), Value());
    }
    if (!spec.freshness.empty()) config.set(Value("freshness"), freshness_value(node, spec));
    config.set(Value("tags"), list_of_texts(node.tags));
    return Value(std::move(config));
  }

  const Project& project_;
  double created_at_;
  std::map<std::string, const SourceSpec*> specs_;
};

}  // namespace

Value sources_in_manifest(const Project& project, double created_at) {
  SourceWriter writer(project, created_at);
  Members members;
  for (const Node& node : project.nodes()) {
    if (node.kind != NodeKind::source) continue;
    members.emplace_back(Value(node.unique_id), writer.write(node));
  }
  return Value(Dict(std::move(members)));
}

}  // namespace gsa::dbt
