#include "dbt/project.h"

namespace gsa::dbt {

std::vector<std::string> Project::unique_key_of(const std::string& relation_name) const {
  std::vector<std::string> combination;
  for (const Node& node : nodes()) {
    if (!node.is_generic || !node.test.where.empty()) continue;
    const Node& tested = nodes()[node.tested];
    if (tested.relation.name != relation_name && tested.name != relation_name) continue;
    if (node.spec.name == "unique" && !node.spec.column.empty()) return {node.spec.column};
    const Value* columns = node.spec.arguments.find("combination_of_columns");
    if (node.spec.name != "unique_combination_of_columns" || columns == nullptr) continue;
    if (!combination.empty() || !columns->is_sequence()) continue;
    for (const Value& column : columns->as_list()) combination.push_back(column.str());
  }
  return combination;
}

}  // namespace gsa::dbt
