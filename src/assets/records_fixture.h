#pragma once

// The records of three runs of a small pipeline, for tests:
//   1  succeeded and was published
//   2  raw_users was still valid, the SQL of fct_sessions had changed, and a check of it failed
//   3  was killed while it built stg_generations

#include "assets/records_schema.h"

namespace gsa::assets {

inline void write_runs(duck::Connection& connection) {
  connection.execute(R"(
insert into ops.runs values
    (1, 'run', '--prompts 2000 --seed 42', 'success', '', '2025-12-24 18:30:00',
        '2025-12-24 18:30:05', 5.0, true, 7, 0, 5, 0, 0, 512000000, 4, 101, '0.1.0', 'b1',
        [{'name': '--prompts', 'value': '2000'}, {'name': '--seed', 'value': '42'}]),
    (2, 'run', '--prompts 4000 --seed 42', 'failed', '1 check failed', '2025-12-25 09:00:00',
        '2025-12-25 09:00:08', 8.0, false, 4, 1, 2, 1, 1, 612000000, 4, 102, '0.2.0', 'b1', null),
    (3, 'build', '--full-refresh', 'running', null, '2025-12-26 00:00:00.5', null, null, false, 0,
        0, 0, 0, 0, null, 2, 103, '0.2.0', 'b1', []);
insert into ops.events values
    (2, '2025-12-25 09:00:00.001', 'info', null, 'run_started', 'gsa run', null),
    (2, '2025-12-25 09:00:02.500', 'warning', 'raw_prompts', 'retry', 'the hub was busy',
        map {'attempt': '2', 'wait': '1 s'});
)");
}

inline void write_steps(duck::Connection& connection) {
  connection.execute(R"(
insert into ops.steps
select
    run, row_number() over (partition by run order by line), name, kind, part, s.status, reason,
    waited, lane, attempts, started_at + to_microseconds((begun * 1e6)::bigint),
    started_at + to_microseconds((ended * 1e6)::bigint), ended - begun, rows, s.message
from (values
    (1, 1, 'raw_prompts', 'asset', null, 'success', 'never made', null, 1, 1, 0.0, 1.0, 2000, ''),
    (1, 2, 'raw_users', 'asset', null, 'success', 'never made', null, 2, 1, 0.0, 0.25, 100, ''),
    (1, 3, 'raw_generations', 'asset', null, 'success', 'never made',
        ['raw_prompts', 'raw_users'], 1, 1, 1.0, 2.5, 2000, ''),
    (1, 4, 'stg_generations', 'asset', null, 'success', 'never made', ['raw_generations'], 1, 1,
        2.5, 2.6, null, ''),
    (1, 5, 'unique_stg_generations_id', 'check', null, 'success', null, ['stg_generations'], 1, 1,
        2.6, 2.7, null, ''),
    (1, 6, 'not_null_stg_generations_id', 'check', null, 'success', null, ['stg_generations'], 2, 1,
        2.6, 2.65, null, ''),
    (1, 7, 'fct_sessions', 'asset', null, 'success', 'never made',
        ['stg_generations', 'unique_stg_generations_id', 'not_null_stg_generations_id'], 1, 1,
        2.75, 4.25, 640, ''),
    (1, 8, 'daily_metrics', 'asset', '2025-11', 'success', 'never made', ['fct_sessions'], 1, 1,
        4.25, 4.5, 30, ''),
    (1, 9, 'daily_metrics', 'asset', '2025-12', 'success', 'never made', ['fct_sessions'], 1, 1,
        4.5, 4.9, 31, ''),
    (1, 10, 'publication', 'publication', null, 'success', null,
        ['daily_metrics[2025-11]', 'daily_metrics[2025-12]'], 1, 1, 4.95, 5.0, null, ''),
    (2, 1, 'raw_users', 'asset', null, 'fresh', null, null, 2, 0, 0.0, 0.0, 100, ''),
    (2, 2, 'raw_prompts', 'asset', null, 'success', 'options changed', null, 1, 2, 0.0, 3.0, 4000,
        ''),
    (2, 3, 'raw_generations', 'asset', null, 'success', 'raw_prompts changed', ['raw_prompts'], 1,
        1, 3.0, 5.25, 4000, ''),
    (2, 4, 'stg_generations', 'asset', null, 'success', 'raw_generations changed',
        ['raw_generations'], 1, 1, 5.25, 5.3, null, ''),
    (2, 5, 'unique_stg_generations_id', 'check', null, 'success', null, ['stg_generations'], 1, 1,
        5.3, 5.5, null, ''),
    (2, 6, 'fct_sessions', 'asset', null, 'success', 'code changed',
        ['stg_generations', 'unique_stg_generations_id'], 1, 1, 5.5, 7.5, 640, ''),
    (2, 7, 'rows_of_fct_sessions', 'check', null, 'warn', null, ['fct_sessions'], 1, 1, 7.5, 7.6,
        null, '640 rows, as before, of twice the prompts'),
    (2, 8, 'unique_fct_sessions_id', 'check', null, 'fail', null, ['fct_sessions'], 2, 1, 7.5, 8.0,
        null, '4 failures, allowed: = 0'),
    (2, 9, 'daily_metrics', 'asset', '2025-11', 'skipped', null, ['fct_sessions'], null, 0, null,
        null, null, 'a check of fct_sessions failed'),
    (2, 10, 'daily_metrics', 'asset', '2025-12', 'skipped', null, ['fct_sessions'], null, 0, null,
        null, null, 'a check of fct_sessions failed'),
    (3, 1, 'raw_generations', 'asset', null, 'success', 'forced', null, 1, 1, 0.5, 2.0, 4000, ''),
    (3, 2, 'stg_generations', 'asset', null, 'interrupted', 'forced', ['raw_generations'], 1, 1,
        2.25, null, null, null)
) as s(run, line, name, kind, part, status, reason, waited, lane, attempts, begun, ended, rows,
       message)
join ops.runs on run_id = run
order by run, line;
)");
}

inline void write_materializations(duck::Connection& connection) {
  connection.execute(R"(
insert into ops.materializations
select
    run, asset, part, '2025-12-24 18:30:00'::timestamp, rows, rows * 10, seconds, 512000000, 'c',
    data, code, map {'raw_prompts': data}, reason, run = 1, map {'file': 'models/a.sql'}
from (values
    (1, 'raw_prompts', null, 2000, 1.0, 'd-prompts-1', 'c-prompts-1', 'never made'),
    (1, 'raw_users', null, 100, 0.25, 'd-users-1', 'c-users-1', 'never made'),
    (1, 'raw_generations', null, 2000, 1.5, 'd-gens-1', 'c-gens', 'never made'),
    (1, 'stg_generations', null, null, 0.1, 'd-stg-1', 'c-stg', 'never made'),
    (1, 'fct_sessions', null, 640, 1.5, 'd-sessions', 'c-sessions-1', 'never made'),
    (1, 'daily_metrics', '2025-11', 30, 0.25, 'd-daily-11', 'c-daily', 'never made'),
    (1, 'daily_metrics', '2025-12', 31, 0.4, 'd-daily-12', 'c-daily', 'never made'),
    (2, 'raw_prompts', null, 4000, 3.0, 'd-prompts-2', 'c-prompts-2', 'options changed'),
    (2, 'raw_generations', null, 4000, 2.25, 'd-gens-2', 'c-gens', 'raw_prompts changed'),
    (2, 'stg_generations', null, null, 0.05, 'd-stg-2', 'c-stg', 'raw_generations changed'),
    (2, 'fct_sessions', null, 640, 2.0, 'd-sessions', 'c-sessions-2', 'code changed'),
    (3, 'raw_generations', null, 4000, 1.5, 'd-gens-2', 'c-gens', 'forced')
) as m(run, asset, part, rows, seconds, data, code, reason);
insert into ops.code_versions values
    ('c-prompts-1', 'raw_prompts', map {'prompts': '2000', 'seed': '42'}, 1),
    ('c-prompts-2', 'raw_prompts', map {'prompts': '4000', 'seed': '42'}, 2),
    ('c-users-1', 'raw_users', map {'users': '100'}, 1),
    ('c-gens', 'raw_generations', map {'seed': '42'}, 1),
    ('c-stg', 'stg_generations', map {'sql': 'select 1'}, 1),
    ('c-sessions-1', 'fct_sessions', map {'sql': 'select 1', 'gap': '30'}, 1),
    ('c-sessions-2', 'fct_sessions', map {'sql': 'select 2', 'materialized': 'table'}, 2),
    ('c-daily', 'daily_metrics', map {'sql': 'select 1'}, 1);
)");
}

inline void write_checks(duck::Connection& connection) {
  connection.execute(R"(
insert into ops.checks
select
    run, name, asset, kind, 'error', status, failures, '!= 0', message,
    '2025-12-25 09:00:08'::timestamp, 0.1, 'c', map {asset: 'd'}, sample
from (values
    (1, 'unique_stg_generations_id', 'stg_generations', 'data test', 'pass', 0, '', null),
    (1, 'not_null_stg_generations_id', 'stg_generations', 'data test', 'pass', 0, '', '[]'),
    (2, 'unique_stg_generations_id', 'stg_generations', 'data test', 'pass', 0, '', null),
    (2, 'rows_of_fct_sessions', 'fct_sessions', 'row count', 'warn', 1,
        '640 rows, as before, of twice the prompts', 'not JSON'),
    (2, 'unique_fct_sessions_id', 'fct_sessions', 'data test', 'fail', 4, '4 failures, allowed: = 0',
        '[{"session_id": 7, "who": "Zoë, \"Z\""}, {"session_id": 8, "who": null}, '
        '{"session_id": 9, "who": "x"}, {"session_id": 10, "who": "y"}]')
) as c(run, name, asset, kind, status, failures, message, sample);
)");
}

inline void write_three_runs(duck::Connection& connection) {
  create_records(connection);
  write_runs(connection);
  write_steps(connection);
  write_materializations(connection);
  write_checks(connection);
}

inline duck::Connection three_runs() {
  duck::Connection connection = duck::Database(duck::DatabaseOptions{}).connect();
  write_three_runs(connection);
  return connection;
}

}  // namespace gsa::assets
