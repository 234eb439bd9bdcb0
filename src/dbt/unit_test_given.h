#pragma once

// Checks the inputs and overrides of unit tests.

#include <string>
#include <vector>

#include "dbt/context.h"
#include "dbt/node.h"
#include "dbt/node_graph.h"
#include "dbt/unit_test_yml.h"

namespace gsa::dbt {

// Call it after the nodes are connected. Throws Error for an input that does not exist, and warns
// of one that the tested model does not read.
void check_given(const std::vector<Node>& nodes, const std::string& project,
                 const Disabled& disabled, const ProjectFiles& files,
                 std::vector<std::string>& warnings);

// Warns of an override for a macro that does not exist, which dbt silently ignores.
void warn_of_useless_overrides(const UnitTestSpec& spec, const std::string& project,
                               const Context& context, std::vector<std::string>& warnings);

}  // namespace gsa::dbt
