#pragma once

// Where a model stands: the schema and name that its settings say, by dbt's rules or by the macros
// generate_schema_name, generate_alias_name and generate_database_name of the project.

#include <string>
#include <vector>

#include "dbt/context.h"
#include "dbt/node.h"

namespace gsa::dbt {

class RelationNaming {
 public:
  // All must outlive it.
  RelationNaming(Context& context, const ProjectYml& yml, const Target& target,
                 const ProjectFiles& files)
      : context_(context), yml_(yml), target_(target), files_(files) {}

  // main.fct, or main_marts.fct with +schema: marts. Throws Error where a database is asked for
  // that is not the target's: what is built stands in one file.
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

// Two models that would stand in one place stop the project: the second would replace the first.
// Throws Error that names both. Names differ by more than their case, as in DuckDB.
void refuse_shared_relations(const std::vector<Node>& nodes, const ProjectFiles& files);

}  // namespace gsa::dbt
