#pragma once

// For tests: a small warehouse for this module, in a file. SQL builds its raw tables, dbt/ the
// models on them, and its records have publications. Created once per process; tests only read it.

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "api/api.h"
#include "assets/publication.h"
#include "assets/records_schema.h"
#include "base/error.h"
#include "dbt/project.h"
#include "dbt/runner.h"
#include "duck/database.h"
#include "semantic/layer_reading.h"

namespace gsa::api {

// 5,000 generations of 110 of 120 users, two or three per session, from 2025-11-20 to 2025-12-31;
// in every 97th the source does not name the user. Random values are functions of the row.
inline constexpr const char* kRawTables = R"(
create type user_tier as enum('free', 'pro', 'enterprise');
create type region as enum('us-west', 'us-east', 'europe', 'asia', 'other');
create type device_type as enum('desktop', 'mobile', 'tablet');
create type model_version as enum('v1.4', 'v1.5', 'v2.0', 'v2.1');
create type currency as enum('credits');
create type attributes as varchar;
create temp macro drawn(i, salt) as (hash(i, salt) >> 2)::bigint;

create table raw_users as
select
    i::integer as user_id,
    case when i % 40 = 0 then 'user ' || i end as user_name,
    (case when drawn(i, 0) % 10 < 6 then 'free' when drawn(i, 0) % 10 < 9 then 'pro' else 'enterprise' end)
        ::enum('free', 'pro', 'enterprise') as user_tier,
    (['us-west', 'us-east', 'europe', 'asia', 'other'])[drawn(i, 1) % 5 + 1]
        ::enum('us-west', 'us-east', 'europe', 'asia', 'other') as region,
    (['desktop', 'mobile', 'tablet'])[drawn(i, 2) % 3 + 1]::enum('desktop', 'mobile', 'tablet')
        as device_type,
    timestamp '2025-09-01' + (drawn(i, 3) % 75)::integer * interval '1 day' as signup_at,
    strftime(timestamp '2025-09-01' + (drawn(i, 3) % 75)::integer * interval '1 day', '%G-W%V')
        as cohort_week,
    'simulated'::enum('observed', 'estimated', 'simulated', 'unknown') as signup_origin,
    'simulated'::enum('observed', 'estimated', 'simulated', 'unknown') as traits_origin
from range(120) t(i);

create table raw_prompts as
select
    i::integer as prompt_id,
    'a painting of number ' || i || repeat(' very', (drawn(i, 20) % 70)::integer) as prompt,
    null::varchar as negative_prompt,
    length(prompt)::integer as char_count,
    (5 + drawn(i, 20) % 70)::integer as token_count,
    false as has_safety_keyword,
    i::ubigint as generation_seed,
    50::usmallint as step,
    7.5::float as cfg,
    3::utinyint as sampler,
    512::usmallint as width,
    512::usmallint as height
from range(5000) t(i);

create table raw_generations as
select
    i::integer as generation_id,
    null::varchar as generation_key,
    null::varchar as session_key,
    i::integer as prompt_id,
    case when i % 97 <> 0 then (drawn(i // 3, 4) % 110)::integer end as user_id,
    timestamp '2025-11-20' + (drawn(i // 3, 5) % 42)::integer * interval '1 day'
        + (drawn(i // 3, 6) % 80000)::integer * interval '1 second' + (i % 3) * interval '7 minutes'
        as generated_at,
    least(200 + drawn(i, 7) % 4000 + case when drawn(i, 8) % 20 = 0 then 20000 else 0 end, 30000)
        ::integer as latency_ms,
    (case when drawn(i, 9) % 100 < 85 then 'success' when drawn(i, 9) % 100 < 90 then 'timeout'
        when drawn(i, 9) % 100 < 95 then 'safety_violation' when drawn(i, 9) % 100 < 98
        then 'rate_limited' else 'model_error' end)
        ::enum('success', 'timeout', 'safety_violation', 'rate_limited', 'model_error', 'cancelled', 'other')
        as status,
    null::varchar as status_word,
    ((100 + drawn(i, 10) % 9000) / 10000)::decimal(18, 8) as cost,
    'credits' as currency,
    (case when drawn(i, 11) % 4 = 0 then drawn(i, 12) % 4 else 0 end)::tinyint as retry_count,
    (case when drawn(i, 13) % 5 = 0 then 'thumbs_up' when drawn(i, 13) % 9 = 0 then 'thumbs_down' end)
        ::enum('thumbs_up', 'thumbs_down') as feedback,
    drawn(i, 9) % 100 < 85 and drawn(i, 14) % 2 = 0 as downloaded,
    (['v1.4', 'v1.5', 'v2.0', 'v2.1'])[drawn(i, 15) % 4 + 1]::enum('v1.4', 'v1.5', 'v2.0', 'v2.1')
        as model_version,
    (5 + drawn(i, 20) % 70)::integer as token_count,
    (1 + drawn(i, 16) % 4)::integer as image_count,
    null::integer as blurred_images,
    null::timestamp as asked_before_at,
    null::user_tier as user_tier,
    null::region as region,
    null::device_type as device_type,
    null::varchar as attributes,
    'simulated'::enum('observed', 'estimated', 'simulated', 'unknown') as user_origin,
    'simulated'::enum('observed', 'estimated', 'simulated', 'unknown') as time_origin,
    (case when drawn(i, 17) % 3 = 0 then 'observed' else 'simulated' end)
        ::enum('observed', 'estimated', 'simulated', 'unknown') as status_origin,
    'simulated'::enum('observed', 'estimated', 'simulated', 'unknown') as latency_origin,
    'simulated'::enum('observed', 'estimated', 'simulated', 'unknown') as cost_origin,
    'simulated'::enum('observed', 'estimated', 'simulated', 'unknown') as retry_origin,
    'simulated'::enum('observed', 'estimated', 'simulated', 'unknown') as feedback_origin,
    'simulated'::enum('observed', 'estimated', 'simulated', 'unknown') as download_origin,
    'simulated'::enum('observed', 'estimated', 'simulated', 'unknown') as model_origin
from range(5000) t(i);
)";

// Runs 1 (published), 2 (failed) and 3 (published), with steps, checks and events.
inline constexpr const char* kRecords = R"(
insert into ops.runs (run_id, command, options, status, message, started_at, ended_at, seconds,
    published, assets_made, assets_fresh, checks_passed, checks_warned, checks_failed,
    peak_memory_bytes, threads, pid, gsa_version, baseline) values
(1, 'run', '', 'success', '', '2026-01-01 10:00:00', '2026-01-01 10:00:02', 2, true, 4, 0, 2, 0, 0,
    1000, 2, 1, '0.1.0', ''),
(2, 'run', '--seed 2', 'failed', 'a check failed', '2026-01-02 10:00:00', '2026-01-02 10:00:01', 1,
    false, 1, 3, 1, 0, 1, 1000, 2, 1, '0.1.0', ''),
(3, 'build', '', 'success', '', '2026-01-03 10:00:00.5', null, null, true, 1, 3, 2, 0, 0, null, 2, 1,
    '0.1.0', '');
insert into ops.steps values
(1, 1, 'raw_users', 'asset', null, 'success', 'it was never made', [], 1, 1, '2026-01-01 10:00:00',
    '2026-01-01 10:00:01', 1, 120, ''),
(1, 2, 'fct_sessions', 'asset', null, 'success', 'it was never made', ['raw_users'], 2, 1,
    '2026-01-01 10:00:01', '2026-01-01 10:00:02', 1, 10, ''),
(1, 3, 'publication', 'publication', null, 'success', '', ['fct_sessions'], 0, 1,
    '2026-01-01 10:00:02', '2026-01-01 10:00:02', 0, null, '');
insert into ops.materializations values
(1, 'fct_sessions', null, '2026-01-01 10:00:02', 10, 4096, 1, 1000, 'c', 'd1', 'v1',
    map {'raw_users': 'd0'}, 'it was never made', true, map {}),
(3, 'fct_sessions', null, '2026-01-03 10:00:02', 12, null, 1, 1000, 'c', 'd2', 'v1',
    map {'raw_users': 'd0'}, 'raw_users changed', true, map {});
insert into ops.checks values
(1, 'unique_fct_sessions_session_id', 'fct_sessions', 'data test', 'error', 'pass', 0, '', '',
    '2026-01-01 10:00:02', 0.1, 'v', map {}, '[]'),
(2, 'unique_fct_sessions_session_id', 'fct_sessions', 'data test', 'error', 'fail', 2, '!= 0', 'two',
    '2026-01-02 10:00:02', 0.1, 'v', map {}, '[{"session_id": 17, "n": 2}]');
insert into ops.events values
(1, '2026-01-01 10:00:00.25', 'info', null, 'run_started', 'a run began', map {}),
(1, '2026-01-01 10:00:01', 'warning', 'fct_sessions', 'retry', 'the file was busy',
    map {'attempt': '2'});
)";

class Warehouse {
 public:
  static Warehouse& instance() {
    // Never destroyed: DuckDB's own thread-local statics are destroyed before ours.
    static Warehouse& warehouse = *new Warehouse;
    return warehouse;
  }
  Warehouse(const Warehouse&) = delete;
  Warehouse& operator=(const Warehouse&) = delete;

  static std::filesystem::path folder() {
    return std::filesystem::temp_directory_path() / fmt::format("gsa-api-test-{}", ::getpid());
  }
  duck::Database& database() { return database_; }
  const dbt::Project& project() const { return project_; }
  duck::Connection connect() { return database_.connect(); }
  // An API on it, without sources unless given.
  Api api(Sources sources = {}) { return {database_, project_, std::move(sources)}; }
  // The project's layer; not bound.
  const Layer& layer() const { return layer_; }
  const Snapshot& snapshot() {
    static const Snapshot snapshot([&] {
      duck::Connection connection = connect();
      return read_facts(connection, layer());
    }());
    return snapshot;
  }

 private:
  Warehouse()
      : project_(dbt::Project::load(
            dbt::ProjectFiles::from_folder(std::string(GSA_SOURCE_DIR) + "/dbt"))) {
    std::filesystem::create_directories(folder());
    duck::DatabaseOptions options;
    options.path = (folder() / "warehouse.duckdb").string();
    options.memory_limit = "512MB";
    database_ = duck::Database(options);
    duck::Connection connection = connect();
    connection.execute(kRawTables);
    build(connection);
    assets::create_records(connection);
    publish(connection);
    connection.execute(kRecords);
  }

  void build(duck::Connection& connection) {
    dbt::NodeRunner runner(project_, connection);
    std::set<std::size_t> done;
    const std::vector<dbt::Node>& nodes = project_.nodes();
    for (bool moved = true; moved;) {
      moved = false;
      for (std::size_t n = 0; n < nodes.size(); ++n) {
        const auto is_done = [&](std::size_t input) { return done.contains(input); };
        if (done.contains(n) || nodes[n].kind == dbt::NodeKind::test ||
            !std::all_of(nodes[n].depends_on.begin(), nodes[n].depends_on.end(), is_done)) {
          continue;
        }
        if (nodes[n].kind == dbt::NodeKind::model &&
            nodes[n].model.materialized != dbt::Materialization::ephemeral) {
          const dbt::NodeResult result = runner.run(nodes[n], connection);
          if (result.status != dbt::Status::pass) throw Error(result.name + ": " + result.message);
        }
        done.insert(n);
        moved = true;
      }
    }
  }

  static void publish(duck::Connection& connection) {
    assets::Publication publication;
    publication.provenance.source = "synthetic";
    publication.provenance.prompts = 5000;
    publication.provenance.users = 120;
    publication.provenance.seed = 42;
    publication.provenance.behavior = "simulated";
    publication.provenance.period = "2025-12";
    publication.provenance.project = "built-in";
    publication.provenance.findings = {{"blank prompt", "skipped", 3}};
    assets::publish(connection, publication);
  }

  dbt::Project project_;
  Layer layer_ = semantic::read_layer(project_).value();
  duck::Database database_{{}};
};

// Removes the warehouse's folder after all tests.
class WarehouseFolder : public testing::Environment {
  void TearDown() override {
    std::error_code none;
    std::filesystem::remove_all(Warehouse::folder(), none);
  }
};
inline testing::Environment* const kWarehouseFolder =
    testing::AddGlobalTestEnvironment(new WarehouseFolder);

}  // namespace gsa::api
