#pragma once

// The tables of schema ops, which record every run, for SQL as well as for gsa.
//
//   runs              one row per run, also of failed and killed ones
//   steps             the steps of a run, in the order they began: assets, checks, the publication
//   materializations  how an asset, or a partition of one, was built; published or not
//   asset_findings    what was odd in the source of a materialization
//   code_versions     the SQL or options behind a code_version
//   checks            one row per outcome of a check
//   events            a log: what happened, when, to which asset
//   forgotten         whom gsa forget removed, and runs leave out (forgotten.h)
//   published         the relations that readers see, and the materialization of each
//
// Times are UTC. The partition of an asset without partitions is null. A version is 16 hexadecimal
// digits.

#include "duck/database.h"

namespace gsa::assets {

// Of ops.runs.option_values, in SQL.
inline constexpr const char* kOptionValuesType = "struct(name varchar, value varchar)[]";

// Now, as the records say it, in SQL.
inline constexpr const char* kNow = "(current_timestamp at time zone 'UTC')::timestamp";

// The rows of ops.asset_findings in a warehouse without that table. An older gsa kept them as texts
// in metadata: "finding 03: what" is "count rule", and "first of 03: what" is the column, the place
// and the value with tabs between them.
inline constexpr const char* kOlderFindings = R"(
select
    run_id,
    asset,
    partition,
    substr(key, 13) as finding,
    substr(value, instr(value, ' ') + 1) as rule,
    split_part(value, ' ', 1)::bigint as count,
    nullif(split_part(first_one, chr(9), 1), '') as source_column,
    nullif(split_part(first_one, chr(9), 2), '') as place,
    nullif(split_part(first_one, chr(9), 3), '') as example
from (
    select
        run_id,
        asset,
        partition,
        entry.key,
        entry.value,
        coalesce(metadata['first of ' || substr(entry.key, 9)], '') as first_one
    from (
        select *, unnest(map_entries(metadata)) as entry
        from ops.materializations where asset = 'raw_prompts'
    )
    where starts_with(entry.key, 'finding ')
)
order by run_id, partition, key
)";

// Creates the schema and the tables that are missing.
void create_records(duck::Connection& connection);

}  // namespace gsa::assets
