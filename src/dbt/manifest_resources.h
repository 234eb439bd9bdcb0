#pragma once

// What manifest.json says of exposures, groups, docs and selectors.

#include "dbt/artifact_values.h"

namespace gsa::dbt {

Value exposures_in_manifest(const Project& project, double created_at);
Value groups_in_manifest(const Project& project);
// The blocks of the project, and the page with which dbt's documentation begins.
Value docs_in_manifest(const Project& project);
Value selectors_in_manifest(const Project& project);

}  // namespace gsa::dbt
