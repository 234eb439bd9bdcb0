#pragma once

// Columns, constraints, contracts and keys of a node, as manifest.json has them.

#include <optional>
#include <vector>

#include "dbt/artifact_values.h"

namespace gsa::dbt {

// `written` is the node's entry in the YAML, or null: it has descriptions before they are rendered.
Value columns_in_manifest(const Node& node, const ModelSpec* written, const std::string& project);
// Those of the whole table.
Value constraints_in_manifest(const Node& node);
// {enforced, alias_types, checksum}: the sum changes with what an enforced contract promises.
Value contract_in_manifest(const Node& node);
// The columns that tell a row, by constraints, else by tests on the model, as dbt infers them.
// `tests` are the generic tests on it, disabled ones too.
Value primary_key_in_manifest(const Node& node, const std::vector<const Node*>& tests);
// Of `time_spine:` as it is written, or nothing.
Value time_spine_in_manifest(const std::optional<Value>& written);

}  // namespace gsa::dbt
