#include "assets/history.h"

#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "assets/warehouse.h"
#include "base/error.h"

namespace gsa::assets {
namespace {

using TextMap = std::map<std::string, std::string>;

// Reads a row of a result from left to right.
class Reader {
 public:
  Reader(const duck::Result& result, std::size_t row) : result_(result), row_(row) {}

  std::string text() { return result_.text(row_, column_++); }
  std::optional<std::int64_t> number() {
    const std::size_t at = column_++;
    return result_.is_null(row_, at) ? std::nullopt : std::optional(result_.int64(row_, at));
  }
  std::int64_t count() { return number().value_or(0); }
  std::optional<double> real() {
    const std::size_t at = column_++;
    return result_.is_null(row_, at) ? std::nullopt : std::optional(result_.float64(row_, at));
  }
  // From microseconds.
  std::optional<WallTime> time() {
    const std::optional<std::int64_t> us = number();
    return us ? std::optional(WallTime(std::chrono::microseconds(*us))) : std::nullopt;
  }
  TextMap map() { return result_.map(row_, column_++); }

 private:
  const duck::Result& result_;
  std::size_t row_;
  std::size_t column_ = 0;
};

template <typename Record>
std::vector<Record> read_all(duck::Connection& connection, const std::string& select,
                             Record (*read)(Reader)) {
  std::vector<Record> records;
  const duck::Result rows = connection.query(select);
  for (std::size_t r = 0; r < rows.rows(); ++r) records.push_back(read(Reader(rows, r)));
  return records;
}

// The lists of an expression, by the key that the query returns beside each.
std::map<std::int64_t, std::vector<std::string>> lists_of(duck::Connection& connection,
                                                          const std::string& keys_and_elements) {
  std::map<std::int64_t, std::vector<std::string>> lists;
  const duck::Result rows = connection.query(keys_and_elements);
  for (std::size_t r = 0; r < rows.rows(); ++r) {
    lists[rows.int64(r, 0)].push_back(rows.text(r, 1));
  }
  return lists;
}

// `where` and the clauses after it may use the columns of ops.runs.
std::vector<RunRecord> read_runs(duck::Connection& connection, Unfinished unfinished,
                                 const std::string& where) {
  if (!has_records(connection)) return {};
  auto found = read_all<RunRecord>(
      connection,
      fmt::format("select run_id, command, options, status, message, "
                  "strftime(started_at, '%Y-%m-%d %H:%M:%S'), "
                  "strftime(ended_at, '%Y-%m-%d %H:%M:%S'), seconds, published, assets_made, "
                  "assets_fresh, checks_passed, checks_warned, checks_failed, peak_memory_bytes, "
                  "threads, pid, gsa_version, baseline from ops.runs {}",
                  where),
      [](Reader row) {
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

std::vector<StepRecord> steps_of(duck::Connection& connection, std::int64_t run) {
  auto steps = read_all<StepRecord>(connection,
                                    fmt::format(
                                        R"(
with checked as (
    select check_name, any_value(asset) as asset from ops.checks where run_id = {0} group by all
),
run as (
    select
        coalesce(any_value(r.started_at), min(s.started_at)) as begun,
        greatest(any_value(r.ended_at), max(s.ended_at), max(s.started_at)) as last_known
    from ops.steps s left join ops.runs r on r.run_id = s.run_id where s.run_id = {0}
)
select
    step,
    name,
    kind,
    case kind when 'check' then asset else name end,
    partition,
    status,
    reason,
    lane,
    attempts,
    epoch_us(started_at),
    epoch_us(ended_at),
    (epoch_us(started_at) - epoch_us(begun)) / 1e6,
    case when started_at is not null
        then (epoch_us(coalesce(ended_at, last_known)) - epoch_us(begun)) / 1e6 end,
    seconds,
    rows,
    message
from ops.steps left join checked on kind = 'check' and check_name = name cross join run
where run_id = {0} order by step, ops.steps.rowid)",
                                        run),
                                    [](Reader row) {
                                      StepRecord step;
                                      step.step = row.count();
                                      step.name = row.text();
                                      step.kind = row.text();
                                      step.asset = row.text();
                                      step.partition = row.text();
                                      step.status = step_status(row.text());
                                      step.reason = row.text();
                                      step.lane = row.count();
                                      step.attempts = row.count();
                                      step.started_at = row.time();
                                      step.ended_at = row.time();
                                      step.begun = row.real();
                                      step.ended = row.real();
                                      step.seconds = row.real();
                                      step.rows = row.number();
                                      step.message = row.text();
                                      return step;
                                    });
  auto waited_for = lists_of(
      connection, fmt::format("select step::bigint, unnest(waited_for) as waited from ops.steps "
                              "where run_id = {} order by step, waited",
                              run));
  for (StepRecord& step : steps) step.waited_for = std::move(waited_for[step.step]);
  return steps;
}

std::vector<Materialization> materializations_of(duck::Connection& connection, std::int64_t run) {
  return read_all<Materialization>(
      connection,
      fmt::format(
          "select run_id, asset, partition, strftime(made_at, '%Y-%m-%d %H:%M:%S'), rows, "
          "bytes, seconds, peak_memory_bytes, checksum, data_version, code_version, inputs, "
          "reason, metadata, published from ops.materializations where run_id = {} "
          "order by rowid",
          run),
      [](Reader row) {
        Materialization made;
        made.run_id = row.count();
        made.unit.asset = row.text();
        made.unit.partition = row.text();
        made.made_at = row.text();
        made.rows = row.number();
        made.bytes = row.number();
        made.seconds = row.real();
        made.peak_memory_bytes = row.number();
        made.checksum = row.text();
        made.data_version = row.text();
        made.code_version = row.text();
        made.inputs = row.map();
        made.reason = row.text();
        made.metadata = row.map();
        made.published = row.count() != 0;
        return made;
      });
}

std::vector<CheckRecord> checks_of(duck::Connection& connection, std::int64_t run) {
  auto checks = read_all<CheckRecord>(
      connection,
      fmt::format("select run_id, check_name, asset, kind, severity, status, failures, condition, "
                  "message, epoch_us(checked_at), seconds, code_version, inputs from ops.checks "
                  "where run_id = {} order by rowid",
                  run),
      [](Reader row) {
        CheckRecord check;
        check.run_id = row.count();
        check.name = row.text();
        check.asset = row.text();
        check.kind = row.text();
        check.blocks = row.text() != severity_of(false);
        check.status = check_status(row.text());
        check.failures = row.number();
        check.condition = row.text();
        check.message = row.text();
        check.checked_at = row.time();
        check.seconds = row.real();
        check.code_version = row.text();
        check.inputs = row.map();
        return check;
      });
  // A sample that is no JSON array is shown as it is.
  auto samples = lists_of(
      connection,
      fmt::format(
          "select place, unnest(case when json_valid(sample) and json_type(sample) = 'ARRAY' "
          "then (sample::json -> '$[*]')::varchar[] when sample <> '' then [sample] end) "
          "from (select sample, row_number() over (order by rowid) - 1 as place "
          "from ops.checks where run_id = {}) order by place",
          run));
  for (auto& [place, rows] : samples)
    checks[static_cast<std::size_t>(place)].sample = std::move(rows);
  return checks;
}

std::vector<EventRecord> events_of(duck::Connection& connection, std::int64_t run) {
  return read_all<EventRecord>(
      connection,
      fmt::format("select strftime(moment, '%Y-%m-%d %H:%M:%S.%g'), level, asset, event, message, "
                  "fields from ops.events as e(run, moment) where run = {} order by e.rowid",
                  run),
      [](Reader row) {
        return EventRecord{row.text(), row.text(), row.text(), row.text(), row.text(), row.map()};
      });
}

}  // namespace gsa::assets
