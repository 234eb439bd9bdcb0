#include "assets/records_schema.h"

#include <fmt/format.h>

namespace gsa::assets {
namespace {

// Columns with few distinct texts are dictionary-compressed explicitly. Otherwise DuckDB tries all
// methods, column by column, whenever it closes the file: a quarter of that time, for a small file.
constexpr const char* kWord = "varchar using compression dictionary";

}  // namespace

void create_records(duck::Connection& connection) {
  const bool has_older_findings = connection.has_table("ops", "materializations") &&
                                  !connection.has_table("ops", "asset_findings");
  connection.execute(fmt::format(R"(
create schema if not exists ops;
create table if not exists ops.runs (
    run_id integer,
    command {word},             -- run, build, test, export
    options varchar,            -- as they were given, for people
    status {word},              -- running, success, failed, interrupted
    message varchar,            -- what went wrong
    started_at timestamp,
    ended_at timestamp,
    seconds double,
    published boolean,
    assets_made integer,
    assets_fresh integer,       -- looked at, and still valid
    checks_passed integer,
    checks_warned integer,
    checks_failed integer,      -- or could not run
    peak_memory_bytes bigint,
    threads integer,
    pid integer,
    gsa_version {word},
    baseline {word},            -- row counts are compared between runs of equal baseline
    option_values {options}     -- the same options, whole; null of an older gsa
);
create table if not exists ops.steps (
    run_id integer,
    step integer,               -- from 1, in the order they began
    name {word},
    kind {word},                -- asset, check, publication
    partition {word},
    status {word},              -- success, fresh, warn, fail, error, skipped, interrupted
    reason varchar,             -- why the asset was made
    waited_for varchar[],       -- the steps that had to end first, as name or name[partition]
    lane integer,               -- from 1: steps of one lane do not overlap
    attempts integer,
    started_at timestamp,
    ended_at timestamp,
    seconds double,
    rows bigint,
    message varchar
);
create table if not exists ops.materializations (
    run_id integer,
    asset {word},
    partition {word},
    made_at timestamp,
    rows bigint,                -- null of a view
    bytes bigint,               -- on disk; null where DuckDB cannot say
    seconds double,
    peak_memory_bytes bigint,   -- of the process meanwhile
    checksum {word},            -- over the rows, whatever their order
    data_version {word},        -- equal for equal columns and rows
    code_version {word},
    inputs map(varchar, varchar),   -- the data_version of each
    reason varchar,
    published boolean,
    metadata map(varchar, varchar)
);
create table if not exists ops.asset_findings (
    run_id integer,
    asset {word},
    partition {word},
    finding {word},             -- what was odd in the source of this materialization
    rule {word},                -- how it was handled
    count bigint,
    source_column varchar,      -- with the place and text of the first, if it is about a column
    place varchar,
    example varchar
);
create table if not exists ops.code_versions (
    code_version {word},
    asset {word},
    code map(varchar, varchar),     -- sql, or options and their values
    first_run integer
);
create table if not exists ops.checks (
    run_id integer,
    check_name {word},
    asset {word},
    kind {word},                -- data test, unit test, freshness, row count
    severity {word},            -- error (blocks publication), warn
    status {word},              -- pass, warn, fail, error, skipped
    failures bigint,
    condition varchar,          -- that held: != 0
    message varchar,
    checked_at timestamp,
    seconds double,
    code_version {word},
    inputs map(varchar, varchar),
    sample varchar              -- the first failing rows, JSON
);
create table if not exists ops.events (
    run_id integer,
    happened_at timestamp,
    level {word},               -- info, warning, error
    asset {word},
    event {word},               -- run_started, asset_started, asset_made, retry, …
    message varchar,
    fields map(varchar, varchar)
);
create table if not exists ops.published (
    schema_name {word},
    name {word},
    kind {word},                -- table, view
    asset {word},
    partition {word},
    run_id integer              -- of the materialization
);
create table if not exists ops.forgotten (
    key_hash varchar,           -- of the user's key, one way; see base/forgotten_users.h
    forgotten_at timestamp,
    run_id integer,
    removed map(varchar, bigint),   -- rows, by table
    erased_at timestamp,        -- the file was written anew; null: deleted bytes remain in it
    lifted_at timestamp         -- by --undo; null: runs leave the user out
);
-- An older gsa wrote runs without values, and of what is published the first three.
alter table ops.runs add column if not exists option_values {options};
alter table ops.published add column if not exists asset varchar;
alter table ops.published add column if not exists partition varchar;
alter table ops.published add column if not exists run_id integer;
)",
                                 fmt::arg("word", kWord), fmt::arg("options", kOptionValuesType)));
  if (has_older_findings) {
    connection.execute(fmt::format("insert into ops.asset_findings {}", kOlderFindings));
  }
}

}  // namespace gsa::assets
