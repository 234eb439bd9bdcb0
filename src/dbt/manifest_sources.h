#pragma once

// `sources` of manifest.json.

#include "dbt/artifact_values.h"

namespace gsa::dbt {

Value sources_in_manifest(const Project& project, double created_at);

}  // namespace gsa::dbt
