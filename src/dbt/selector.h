#pragma once

// Which nodes a command is about. The language is that of selection.h, or of selectors.yml. Without
// METHOD, VALUE may also be the name of a set that the caller knows, "stale".

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
  std::string selector;  // the name of one in selectors.yml; stands for the other two
};

// Whether selectors.yml has one that holds where nothing is asked for.
bool has_default_selector(const Project& project);

// The nodes that are selected, by what is asked for or else by the default selector. A part that
// matches nothing is warned of, with what may have been meant, as in dbt: nothing may be left. A
// model wins over a set in `named` of its name; such a set may be empty without a warning. Throws
// Error for what is no selection, and for a selector that there is not.
NodeSet select_nodes(const Project& project, const SelectionRequest& request,
                     const NamedSets& named, std::vector<std::string>& warnings);

}  // namespace gsa::dbt
