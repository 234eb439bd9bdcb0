#include "assets/history.h"

#include <utility>

#include <fmt/format.h>

#include "assets/record_rows.h"
#include "assets/records_schema.h"
#include "assets/warehouse.h"
#include "base/error.h"

namespace gsa::assets {
namespace {

// `where` and the clauses after it may use the columns of ops.runs.
std::vector<RunRecord> read_runs(duck::Connection& connection, Unfinished unfinished,
                                 const std::string& where) {
  if (!has_records(connection)) return {};
  auto found = read_records<RunRecord>(
      connection,
      fmt::format("select run_id, command, options, status, message, "
                  "strftime(started_at, '%Y-%m-%d %H:%M:%S'), "
                  "strftime(ended_at, '%Y-%m-%d %H:%M:%S'), seconds, published, assets_made, "
                  "assets_fresh, checks_passed, checks_warned, checks_failed, peak_memory_bytes, "
                  "threads, pid, gsa_version, baseline, "
                  "[option.name for option in option_values], "
                  "[option.value for option in option_values] from "
                  // An older gsa has no values.
                  "(select null::{} as option_values where false union all by name "
                  "select * from ops.runs) {}",
                  kOptionValuesType, where),
      [](RecordRow row) {
        RunRecord run;
        run.id = row.count();
        run.command = row.text();
        run.options = row.text();
        run.status = run_status(row.text());
        run.message = row.text();
        run.started_at = row.text();
        run.ended_at = row.text();
        run.seconds = row.real();
        run.published = row.count() != 0;
        run.assets_made = row.count();
        run.assets_fresh = row.count();
        run.checks_passed = row.count();
        run.checks_warned = row.count();
        run.checks_failed = row.count();
        run.peak_memory_bytes = row.number();
        run.threads = row.number();
        run.pid = row.number();
        run.gsa_version = row.text();
        run.baseline = row.text();
        const std::vector<std::string> names = row.texts(), values = row.texts();
        for (std::size_t i = 0; i < names.size(); ++i) {
          run.option_values.push_back({names[i], values[i]});
        }
        return run;
      });
  for (RunRecord& run : found) {
    const bool ended = unfinished == Unfinished::was_interrupted;
    if (ended && run.status == RunStatus::running) run.status = RunStatus::interrupted;
  }
  return found;
}

Error no_runs() { return Error("no run is on record in this warehouse", "make one with: gsa run"); }

}  // namespace

std::vector<RunRecord> runs(duck::Connection& connection, std::int64_t limit,
                            Unfinished unfinished) {
  return read_runs(connection, unfinished, fmt::format("order by run_id desc limit {}", limit));
}

std::string select_runs(std::int64_t limit) {
  return fmt::format(
      "select run_id, command, options, "
      "case status when 'running' then 'interrupted' else status end as status, message, "
      "started_at, ended_at, seconds, published, assets_made, assets_fresh, checks_passed, "
      "checks_warned, checks_failed, peak_memory_bytes, threads, gsa_version from ops.runs "
      "order by run_id desc limit {}",
      limit);
}

std::int64_t count_runs(duck::Connection& connection) {
  return has_records(connection) ? connection.query_int64("select count(*) from ops.runs") : 0;
}

RunRecord run_of(duck::Connection& connection, std::int64_t id, Unfinished unfinished) {
  std::vector<RunRecord> found =
      read_runs(connection, unfinished, fmt::format("where run_id = {}", id));
  if (!found.empty()) return std::move(found.front());
  if (count_runs(connection) == 0) throw no_runs();
  const duck::Result range = connection.query("select min(run_id), max(run_id) from ops.runs");
  const std::int64_t first = range.int64(0, 0), last = range.int64(0, 1);
  throw Error(fmt::format("there is no run {} on record", id),
              first == last
                  ? fmt::format("the only one is {}", first)
                  : fmt::format("they go from {} to {}: gsa runs lists them", first, last));
}

RunRecord latest_run(duck::Connection& connection, Unfinished unfinished) {
  std::vector<RunRecord> found = runs(connection, 1, unfinished);
  if (found.empty()) throw no_runs();
  return std::move(found.front());
}

PublishedState published_state(duck::Connection& connection) {
  PublishedState state;
  if (!has_records(connection)) return state;
  const bool has_provenance = connection.has_table("ops", "provenance");
  // Runs by number and end, because a recreated warehouse numbers its runs from 1 again.
  const duck::Result row = connection.query(fmt::format(
      "select coalesce((max(run_id) filter (published))::bigint, 0), "
      "coalesce((max(ended_at) filter (published))::varchar, ''), "
      "concat_ws('|', count(*) filter (status <> 'running'), "
      "max(ended_at) filter (status <> 'running'), max(run_id), "
      "max(run_id) filter (published), {}) "
      "from ops.runs",
      has_provenance
          ? "(select string_agg(concat_ws('|', published_at, source_reason, project), '|') "
            "from ops.provenance)"
          : "''"));
  return {row.int64(0, 0), row.text(0, 1), row.text(0, 2)};
}

std::vector<EventRecord> events_of(duck::Connection& connection, std::int64_t run) {
  return read_records<EventRecord>(
      connection,
      fmt::format("select strftime(moment, '%Y-%m-%d %H:%M:%S.%g'), level, asset, event, message, "
                  "fields from ops.events as e(run, moment) where run = {} order by e.rowid",
                  run),
      [](RecordRow row) {
        return EventRecord{row.text(), row.text(), row.text(), row.text(), row.text(), row.map()};
      });
}

}  // namespace gsa::assets
