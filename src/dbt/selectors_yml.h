#pragma once

// selectors.yml: named selections.
//
//   selectors:
//     - name: nightly
//       default: true                       # holds where nothing else is selected
//       definition:
//         union:                            # or intersection
//           - method: tag
//             value: nightly
//             children: true                # parents, children_depth, childrens_parents, …
//           - +fct_sessions                 # as on the command line
//           - exclude: [{method: fqn, value: slow}]
//
// `{method: selector, value: NAME}` refers to a selector defined earlier in the file.

#include <map>
#include <optional>
#include <string>

#include "dbt/project_files.h"
#include "dbt/selection.h"

namespace gsa::dbt {

struct NamedSelections {
  std::map<std::string, SelectionSpec> by_name;
  std::string by_default;  // empty: none
};

// Empty if there is no selectors.yml. Throws Error at the place of a mistake in it.
NamedSelections read_selectors_yml(const ProjectFiles& files);

}  // namespace gsa::dbt
