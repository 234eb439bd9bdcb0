#pragma once

// Partitions of a table model: each month's rows are built and kept separately. dbt has no
// partitions for DuckDB, so the setting is in meta: {partition_by: {field: session_date,
// granularity: month}}.

#include <string>

#include "dbt/config.h"
#include "dbt/relation.h"

namespace gsa::dbt {

struct PartitionBy {
  std::string field;  // a column of the model: a date or timestamp
};

// Throws Error at the setting's place if it has any other form.
PartitionBy read_partition_by(const Setting& setting, const ProjectFiles& files);

// One partition of a model's rows, and where it is built.
struct Part {
  std::string name;  // "2025-12"
  Relation relation;
  std::string
      condition;  // SQL condition on the model's columns; empty: its query has no other rows
};

}  // namespace gsa::dbt
