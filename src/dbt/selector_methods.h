#pragma once

// What each METHOD of a selection compares with VALUE:
//
//   fqn            the name, or leading parts of project.folder.name
//   path           the file or a folder that it is in, or the .yml file that describes it
//   file           the file's name, with or without what it ends in
//   tag, group, package, access, source, exposure
//   resource_type, test_type, test_name
//   unit_test      NAME or PROJECT.NAME of one
//   config.KEY     a setting; config.meta.owner looks into maps, lists hold any of their items
//
// * ? [a-z] in a VALUE match letters. Nothing builds an exposure; its inputs are upstream of it.

#include "dbt/node_graph.h"
#include "dbt/project.h"
#include "dbt/selection.h"

namespace gsa::dbt {

// Throws Error for a VALUE that the method cannot have.
bool matches(const Node& node, const Project& project, const SelectionTerm& term);

}  // namespace gsa::dbt
