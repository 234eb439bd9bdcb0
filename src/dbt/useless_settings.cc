#include "dbt/useless_settings.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {

void warn_of_useless_branches(const ConfigTree& tree, NodeKind kind, const std::vector<Node>& nodes,
                              const std::vector<Node>& switched_off,
                              std::vector<std::string>& warnings) {
  for (const ConfigTree::Branch& branch : tree.branches()) {
    if (branch.settings.all().empty() || branch.path.empty()) continue;
    const auto is_in = [&](const auto& node) {
      return node.kind == kind && branch.path.size() <= node.fqn.size() &&
             std::equal(branch.path.begin(), branch.path.end(), node.fqn.begin());
    };
    if (std::any_of(nodes.begin(), nodes.end(), is_in) ||
        std::any_of(switched_off.begin(), switched_off.end(), is_in)) {
      continue;
    }
    warnings.push_back(fmt::format("{}: these settings apply to nothing: there is no {}",
                                   format_place(branch.place), join(branch.path, "/")));
  }
}

}  // namespace gsa::dbt
