#pragma once

#include "dbt/project_files.h"
#include "dbt/semantic_yml.h"

namespace gsa::dbt {

// As dbt, which refuses equal labels of two metrics or two semantic models, and of two entities,
// two dimensions or two measures of one semantic model. Throws Error with the second's place.
void refuse_equal_labels(const SemanticSpecs& specs, const ProjectFiles& files);

}  // namespace gsa::dbt
