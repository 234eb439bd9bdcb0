#pragma once

// `config` of a node in manifest.json: all that dbt knows, with its defaults, and what the project
// says of its own.

#include "dbt/artifact_values.h"

namespace gsa::dbt {

// Of a model, seed or data test. `docs` are those beside `config:` in its YAML, or null.
Dict config_in_manifest(const Node& node, const Value* docs);
// What the project says, without defaults: by which dbt tells that a configuration was changed.
Dict unrendered_config(const Node& node, const Value* docs);

}  // namespace gsa::dbt
