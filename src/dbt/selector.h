#pragma once

// Selects the nodes that a command works on. The language is that of selection.h or of
// selectors.yml. Without METHOD, VALUE may also name a set of the caller, such as "stale".

#include <map>
#include <string>
#include <vector>

#include "dbt/node_graph.h"
#include "dbt/project.h"

namespace gsa::dbt {

using NamedSets = std::map<std::string, NodeSet>;

struct SelectionRequest {
  std::string select;    // empty: everything
  std::string exclude;   // empty: nothing
  std::string selector;  // the name of a selector in selectors.yml; replaces the other two
};

// Whether selectors.yml has a default selector for commands without a selection.
bool has_default_selector(const Project& project);

// The selected nodes; without a request, those of the default selector. Warns of a part that
// matches nothing and suggests what may have been meant; as in dbt, the result may be empty. A
// model wins over a set in `named` with the same name; such a set may be empty without a warning.
// Throws Error for an invalid selection and for an unknown selector.
NodeSet select_nodes(const Project& project, const SelectionRequest& request,
                     const NamedSets& named, std::vector<std::string>& warnings);

}  // namespace gsa::dbt
