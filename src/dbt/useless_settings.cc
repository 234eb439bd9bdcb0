#include "dbt/useless_settings.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {

void warn_of_useless_branches(const ConfigTree& tree, NodeKind kind, const std::vector<Node>& nodes,
                              const std::vector<Node>& switched_off,
                              std::vector<std::string>& warnings) {
  std::vector<std::vector<std::string>> fqns;
  for (const auto* list : {&nodes, &switched_off}) {
    for (const Node& node : *list) {
      if (node.kind == kind) fqns.push_back(node.fqn);
    }
  }
  warn_of_useless_branches(tree, fqns, warnings);
}

void warn_of_useless_branches(const ConfigTree& tree,
                              const std::vector<std::vector<std::string>>& fqns,
                              std::vector<std::string>& warnings) {
  for (const ConfigTree::Branch& branch : tree.branches()) {
    if (branch.settings.all().empty() || branch.path.empty()) continue;
    const auto is_in = [&](const std::vector<std::string>& fqn) {
      return branch.path.size() <= fqn.size() &&
             std::equal(branch.path.begin(), branch.path.end(), fqn.begin());
    };
    if (std::any_of(fqns.begin(), fqns.end(), is_in)) continue;
    warnings.push_back(fmt::format("{}: these settings apply to nothing: there is no {}",
                                   format_place(branch.place), join(branch.path, "/")));
  }
}

}  // namespace gsa::dbt
