#include "dbt/artifact_values.h"

#include <cmath>
#include <optional>
#include <regex>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/text.h"
#include "dbt/node_value.h"
#include "dbt/required_version.h"
#include "dbt/sha256.h"
#include "dbt/unit_tests.h"

namespace gsa::dbt {
namespace {

// Variables DBT_ENV_CUSTOM_ENV_NAME: dbt passes NAME on to readers of the artifacts.
Dict custom_environment(const Environment& environment) {
  const std::string prefix = "DBT_ENV_CUSTOM_ENV_";
  Dict found;
  for (const auto& [name, value] : environment.with_prefix(prefix)) {
    found.set(Value(name.substr(prefix.size())), Value(value));
  }
  return found;
}

// What a setting of the schema makes of the target's: dbt's own rule.
std::string configured_schema(const Node& node, const Project& project) {
  const Setting* setting = node.settings.find("schema");
  std::string own = setting == nullptr || setting->value.is_none() ? "" : setting->value.str();
  if (own.empty() && node.kind == NodeKind::test && !node.is_unit_test()) own = node.test.schema;
  const std::string& target = project.target().schema;
  return own.empty() ? target : target + "_" + std::string(trim(own));
}

}  // namespace

std::string iso_time(std::chrono::system_clock::time_point time) {
  using std::chrono::microseconds;
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(whole)),
                     std::chrono::duration_cast<microseconds>(time - whole).count());
}

double seconds_since_epoch(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

Dict artifact_metadata(std::string_view schema, const ArtifactRun& run) {
  Dict metadata;
  const auto set = [&](const char* key, Value value) {
    metadata.set(Value(key), std::move(value));
  };
  set("dbt_schema_version", Value(fmt::format("https://schemas.getdbt.com/dbt/{}.json", schema)));
  set("dbt_version", Value(kDbtVersion));
  set("generated_at", Value(iso_time(run.ended)));
  set("invocation_id", Value(run.invocation_id));
  set("invocation_started_at", Value(iso_time(run.began)));
  set("env", Value(custom_environment(run.environment)));
  return metadata;
}

Value text_or_null(const std::string& text) { return text.empty() ? Value() : Value(text); }

Value list_of_texts(const std::vector<std::string>& texts) {
  List list;
  for (const std::string& text : texts) list.emplace_back(text);
  return Value(std::move(list));
}

Value as_json_value(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::undefined:
      return {};
    case Value::Kind::floating:
      return std::isfinite(value.as_double()) ? value : Value();
    case Value::Kind::list:
    case Value::Kind::tuple: {
      List list;
      for (const Value& item : value.as_list()) list.push_back(as_json_value(item));
      return Value(std::move(list));
    }
    case Value::Kind::dict: {
      Members members;
      for (const auto& [key, item] : value.as_dict().entries()) {
        members.emplace_back(key.is_string() ? key : Value(key.str()), as_json_value(item));
      }
      return Value(Dict(std::move(members)));
    }
    case Value::Kind::object:
      return Value(value.str());
    default:
      return value;
  }
}

Dict docs_value(const Value* given) {
  Dict docs;
  docs.set(Value("show"), Value(true));
  docs.set(Value("node_color"), Value());
  if (given == nullptr || !given->is_dict()) return docs;
  for (const auto& [key, value] : given->as_dict().entries()) docs.set(key, as_json_value(value));
  return docs;
}

Value doc_blocks_in(const std::string& description, const std::string& project) {
  static const std::regex kDoc(R"(\bdoc\(\s*(?:['"]\w+['"]\s*,\s*)?['"](\w+)['"]\s*\))");
  List found;
  for (std::sregex_iterator at(description.begin(), description.end(), kDoc), end; at != end;
       ++at) {
    found.emplace_back(fmt::format("doc.{}.{}", project, (*at)[1].str()));
  }
  return Value(std::move(found));
}

std::string path_below(const std::string& file, const std::vector<std::string>& roots) {
  for (const std::string& root : roots) {
    if (file.starts_with(root + "/")) return file.substr(root.size() + 1);
  }
  return file;
}

Value checksum_of(const std::string& text) {
  Dict checksum;
  checksum.set(Value("name"), Value("sha256"));
  checksum.set(Value("checksum"), Value(sha256_of(std::string(trim(text)))));
  return Value(std::move(checksum));
}

bool is_analysis(const Node& node) { return node.unique_id.starts_with("analysis."); }

std::string own_name(const Node& node) {
  if (node.is_unit_test()) return node.unit->name;
  if (!node.is_generic) return node.name;
  const std::size_t dot = node.unique_id.rfind('.');
  const std::size_t begin = node.unique_id.find('.', node.unique_id.find('.') + 1) + 1;
  return node.unique_id.substr(begin, dot - begin);
}

std::string database_of(const Node& node, const Project& project) {
  return node.relation.database.empty() ? project.target().database : node.relation.database;
}

std::string schema_of(const Node& node, const Project& project) {
  return node.relation.schema.empty() ? configured_schema(node, project) : node.relation.schema;
}

std::string alias_of(const Node& node) {
  if (node.kind == NodeKind::test) {
    if (!node.test.alias.empty()) return node.test.alias;
    return node.is_generic ? node.short_name : own_name(node);
  }
  if (!node.relation.name.empty()) return node.relation.name;
  return node.model.alias.empty() ? node.name : node.model.alias;
}

Value relation_name_of(const Node& node, const Project& project) {
  if (!node.external.empty()) return Value(node.external);
  if (is_analysis(node)) return {};
  const bool is_in_memory =
      node.kind == NodeKind::test
          ? !node.test.stores_failures
          : node.kind == NodeKind::model && node.model.materialized == Materialization::ephemeral;
  if (is_in_memory) return {};
  return Value(fmt::format("{}.{}.{}", sql_name(database_of(node, project)),
                           sql_name(schema_of(node, project)), sql_name(alias_of(node))));
}

}  // namespace gsa::dbt
