#pragma once

// Partitions of a table model: a part of its rows for each month, made and kept by itself. dbt
// knows none for DuckDB, so it lies in meta: {partition_by: {field: session_date, granularity:
// month}}.

#include <string>

#include "dbt/config.h"
#include "dbt/relation.h"

namespace gsa::dbt {

struct PartitionBy {
  std::string field;  // a column of the model: a date or timestamp
};

// Throws Error at the setting's place for anything but what is said above.
PartitionBy read_partition_by(const Setting& setting, const ProjectFiles& files);

// One part of a model's rows, and where it is built.
struct Part {
  std::string name;  // "2025-12"
  Relation relation;
  std::string condition;  // SQL on the model's columns
};

}  // namespace gsa::dbt
