#pragma once

// Settings of dbt_project.yml that apply to no node of the project.

#include <string>
#include <vector>

#include "dbt/node.h"

namespace gsa::dbt {

// A disabled node: its settings are not useless.
struct SwitchedOff {
  NodeKind kind;
  std::vector<std::string> fqn;
};

// Warns of each folder of `tree` without a node of that kind, which is probably a typo.
void warn_of_useless_branches(const ConfigTree& tree, NodeKind kind, const std::vector<Node>& nodes,
                              const std::vector<SwitchedOff>& switched_off,
                              std::vector<std::string>& warnings);

}  // namespace gsa::dbt
