#pragma once

// Settings of dbt_project.yml that apply to no node of the project.

#include <string>
#include <vector>

#include "dbt/node.h"

namespace gsa::dbt {

// Warns of each folder of `tree` without a node of that kind, disabled ones included. It is
// probably a typo.
void warn_of_useless_branches(const ConfigTree& tree, NodeKind kind, const std::vector<Node>& nodes,
                              const std::vector<Node>& switched_off,
                              std::vector<std::string>& warnings);

// The same, of things at these positions.
void warn_of_useless_branches(const ConfigTree& tree,
                              const std::vector<std::vector<std::string>>& fqns,
                              std::vector<std::string>& warnings);

}  // namespace gsa::dbt
