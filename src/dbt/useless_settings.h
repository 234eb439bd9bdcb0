#pragma once

// Settings of dbt_project.yml that nothing of the project heeds.

#include <string>
#include <vector>

#include "dbt/node.h"

namespace gsa::dbt {

// Warns of each folder of `tree` that holds no node of the kind, switched off or not: it is a slip
// of the pen.
void warn_of_useless_branches(const ConfigTree& tree, NodeKind kind, const std::vector<Node>& nodes,
                              const std::vector<Node>& switched_off,
                              std::vector<std::string>& warnings);

}  // namespace gsa::dbt
