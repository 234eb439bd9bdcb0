#pragma once

// target/manifest.json as dbt writes it (schema v12): the whole project, for catalogues,
// documentation, linters and orchestrators that read dbt's.

#include <string>

#include "dbt/manifest_nodes.h"

namespace gsa::dbt {

// Renders descriptions and settings: nobody else may render with the project meanwhile.
std::string manifest_json(const Project& project, const ArtifactRun& run,
                          const CompiledCode& compiled);

}  // namespace gsa::dbt
