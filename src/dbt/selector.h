#pragma once

// Which nodes a command is about, in dbt's language of selection:
//
//   selection := union { " " union }            any of them
//   union     := term { "," term }              all of them at once
//   term      := [ "@" | [N] "+" ] [ METHOD ":" ] VALUE [ "+" [N] ]
//
// A METHOD is fqn (the default), path (the default where VALUE has a /), tag, source, test_type,
// resource_type, test_name or config.KEY; * ? stand for any letters. N+ goes N steps up, +N down; @
// takes what is below a model and all that this needs. A test is selected with any of what it
// tests.

#include <string>
#include <vector>

#include "dbt/graph.h"
#include "dbt/project.h"

namespace gsa::dbt {

// Everything, where `select` is empty; less `exclude`. Throws Error, with what may have been meant,
// if a part of `select` matches nothing or nothing is left.
NodeSet select_nodes(const Project& project, const std::string& select, const std::string& exclude);

}  // namespace gsa::dbt
