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
// tests. Without METHOD, VALUE may also be the name of a set that the caller knows, "stale".

#include <map>
#include <string>
#include <vector>

#include "dbt/graph.h"
#include "dbt/project.h"

namespace gsa::dbt {

using NamedSets = std::map<std::string, NodeSet>;

// Everything, where `select` is empty; less `exclude`. Throws Error, with what may have been meant,
// if a part of `select` matches nothing or nothing is left. A model wins over a set in `named` of
// its name. Such a set may be empty, since what it holds changes without anybody's mistake: a
// selection that names one may select nothing.
NodeSet select_nodes(const Project& project, const std::string& select, const std::string& exclude,
                     const NamedSets& named = {});

}  // namespace gsa::dbt
