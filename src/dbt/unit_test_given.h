#pragma once

// What unit tests give that is wrong, or of no use.

#include <string>
#include <vector>

#include "dbt/context.h"
#include "dbt/node.h"
#include "dbt/node_graph.h"
#include "dbt/unit_test_yml.h"

namespace gsa::dbt {

// Call once the nodes are connected. Throws Error for an input that leads nowhere, and warns of one
// that the tested model does not read.
void check_given(const std::vector<Node>& nodes, const std::string& project,
                 const Disabled& disabled, const ProjectFiles& files,
                 std::vector<std::string>& warnings);

// Warns of a macro that there is not, which dbt passes over in silence.
void warn_of_useless_overrides(const UnitTestSpec& spec, const std::string& project,
                               const Context& context, std::vector<std::string>& warnings);

}  // namespace gsa::dbt
