#include "dbt/relation_naming.h"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/node_value.h"

namespace gsa::dbt {

// The result of the project's macro with that name; `otherwise` if there is none.
std::string RelationNaming::call(const std::string& macro, const std::string& custom,
                                 const Node& node, const std::string& otherwise) const {
  // dbt's macro dispatches to one with a prefix, which the project may define.
  const Value* found = context_.find_macro(macro);
  for (const char* prefix : {"duckdb__", "default__"}) {
    if (found == nullptr) found = context_.find_macro(prefix + macro);
  }
  if (found == nullptr) return otherwise;
  Rendering rendering;
  rendering.name = node.name;
  rendering.self = {target_.database, target_.schema, node.name};
  rendering.settings = node.settings;
  CallArguments arguments;
  arguments.positional.push_back(custom.empty() ? Value() : Value(custom));
  arguments.positional.push_back(node_value(node, yml_.name, yml_.model_paths));
  return std::string(trim(context_.call(*found, std::move(arguments), rendering).text()));
}

void RelationNaming::check_database(const Node& node) const {
  const Setting* setting = node.settings.find("database");
  const std::string custom =
      setting == nullptr || setting->value.is_none() ? "" : setting->value.str();
  const std::string otherwise = custom.empty() ? target_.database : custom;
  const std::string database = call("generate_database_name", custom, node, otherwise);
  if (to_lower(database) == to_lower(target_.database)) return;
  throw files_.error_at(setting == nullptr ? node.place : setting->place,
                        fmt::format("'{}' asks for the database '{}', but gsa builds into one file",
                                    node.name, database),
                        "dbt build of dbt-core builds in attached databases");
}

Relation RelationNaming::relation_of(const Node& node) const {
  check_database(node);
  const std::string& schema = node.model.schema;
  const std::string& alias = node.model.alias;
  return {"",
          call("generate_schema_name", schema, node,
               schema.empty() ? target_.schema : target_.schema + "_" + schema),
          call("generate_alias_name", alias, node, alias.empty() ? node.name : alias)};
}

void refuse_shared_relations(const std::vector<Node>& nodes, const ProjectFiles& files) {
  std::map<std::pair<std::string, std::string>, const Node*> first;
  for (const Node& node : nodes) {
    if (node.kind != NodeKind::model) continue;
    const auto [at, fresh] =
        first.try_emplace({to_lower(node.relation.schema), to_lower(node.relation.name)}, &node);
    if (fresh) continue;
    throw files.error_at(
        node.place,
        fmt::format("the models '{}' ({}) and '{}' ({}) would both be {}", at->second->name,
                    at->second->place.file, node.name, node.place.file, to_sql(node.relation)),
        "give one of them another alias or schema");
  }
}

}  // namespace gsa::dbt
