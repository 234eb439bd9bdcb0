#pragma once

// The tables of schema ops, which record every run, for SQL as well as for gsa.
//
//   runs              one row per run, also of failed and killed ones
//   steps             the steps of a run, in the order they began: assets, checks, the publication
//   materializations  how an asset, or a partition of one, was built; published or not
//   code_versions     the SQL or options behind a code_version
//   checks            one row per outcome of a check
//   events            a log: what happened, when, to which asset
//   published         the relations that readers see, and the materialization of each
//
// Times are UTC. The partition of an asset without partitions is null. A version is 16 hexadecimal
// digits.

#include "duck/database.h"

namespace gsa::assets {

// Of ops.runs.option_values, in SQL.
inline constexpr const char* kOptionValuesType = "struct(name varchar, value varchar)[]";

// Creates the schema and the tables that are missing.
void create_records(duck::Connection& connection);

}  // namespace gsa::assets
