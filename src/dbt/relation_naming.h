#pragma once

// The place of a model: the schema and name from its settings, by dbt's rules or by the project's
// macros generate_schema_name, generate_alias_name and generate_database_name.

#include <string>
#include <vector>

#include "dbt/context.h"
#include "dbt/node.h"

namespace gsa::dbt {

class RelationNaming {
 public:
  // All arguments must outlive this object.
  RelationNaming(Context& context, const ProjectYml& yml, const Target& target,
                 const ProjectFiles& files)
      : context_(context), yml_(yml), target_(target), files_(files) {}

  // main.fct, or main_marts.fct with +schema: marts. Throws Error if the settings ask for a
  // database other than the target's: we build into one file.
  Relation relation_of(const Node& node) const;

 private:
  std::string call(const std::string& macro, const std::string& custom, const Node& node,
                   const std::string& otherwise) const;
  void check_database(const Node& node) const;

  Context& context_;
  const ProjectYml& yml_;
  const Target& target_;
  const ProjectFiles& files_;
};

// Throws Error if two models would have the same place, because the second would replace the first;
// names both. As in DuckDB, names that differ only in case are the same.
void refuse_shared_relations(const std::vector<Node>& nodes, const ProjectFiles& files);

}  // namespace gsa::dbt
