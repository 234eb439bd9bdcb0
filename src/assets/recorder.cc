#include "assets/recorder.h"

#include <unistd.h>

#include <fmt/format.h>

#include "assets/records_schema.h"
#include "assets/warehouse.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

// Often enough that a killed run tells how far it came, seldom enough to cost nothing.
constexpr auto kFlushInterval = std::chrono::seconds(1);
constexpr std::size_t kRowsInStatement = 500;

std::string sql_text(std::string_view text) { return text.empty() ? "null" : sql_quote(text); }

std::string sql_number(const std::optional<std::int64_t>& number) {
  return number ? fmt::format("{}", *number) : "null";
}

std::string sql_time(WallTime time) {
  const auto us =
      std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
  return fmt::format("make_timestamp({})", us);
}

std::string sql_map(const std::map<std::string, std::string>& map) {
  if (map.empty()) return "map([]::varchar[], []::varchar[])";
  std::vector<std::string> entries;
  for (const auto& [key, value] : map) {
    entries.push_back(fmt::format("{}: {}", sql_quote(key), sql_quote(value)));
  }
  return "map {" + join(entries, ", ") + "}";
}

std::string sql_list(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(sql_quote(text));
  return "[" + join(quoted, ", ") + "]::varchar[]";
}

constexpr const char* kNow = "(current_timestamp at time zone 'UTC')::timestamp";

std::string older_than(int days) {
  return fmt::format("started_at < {} - interval {} day", kNow, days);
}

}  // namespace

bool has_running(duck::Connection& connection) {
  return has_records(connection) &&
         connection.query_int64("select count(*) from ops.runs where status = 'running'") > 0;
}

std::int64_t mark_killed_runs(duck::Connection& connection) {
  // It ended after the last thing that it put on record.
  return connection
      .query(
          "update ops.runs as r set status = 'interrupted', published = false, "
          "message = 'the process ended before the run did', "
          "ended_at = greatest(r.started_at, "
          "(select max(s.ended_at) from ops.steps s where s.run_id = r.run_id), "
          "(select max(e.happened_at) from ops.events e where e.run_id = r.run_id)) "
          "where status = 'running'")
      .rows_changed();
}

Recorder::Recorder(const duck::Database& database, const RunHeader& header)
    : connection_(database.connect()),
      begun_(std::chrono::system_clock::now()),
      flushed_(std::chrono::steady_clock::now()) {
  connection_.execute("begin");
  create_records(connection_);
  mark_killed_runs(connection_);
  run_id_ = connection_.query_int64("select coalesce(max(run_id), 0)::bigint + 1 from ops.runs");
  connection_.execute(fmt::format(
      "insert into ops.runs (run_id, command, options, status, started_at, published, threads, "
      "pid, "
      "gsa_version, baseline) values ({}, {}, {}, 'running', {}, false, {}, {}, {}, {}); commit",
      run_id_, sql_quote(header.command), sql_quote(header.options), sql_time(begun_),
      header.threads, getpid(), sql_quote(header.version), sql_quote(header.baseline)));
  event("info", "", "run_started", "gsa " + header.command, {{"options", header.options}});
}

void Recorder::add(std::string table, std::string row) {
  const std::lock_guard lock(mutex_);
  rows_[std::move(table)].push_back(std::move(row));
}

void Recorder::step(const StepRecord& r) {
  add("steps", fmt::format("({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})", run_id_,
                           r.step, sql_quote(r.name), sql_quote(r.kind), sql_text(r.partition),
                           sql_quote(r.status), sql_text(r.reason), sql_list(r.waited_for),
                           r.lane + 1, r.attempts, sql_time(r.begun), sql_time(r.ended), r.seconds,
                           sql_number(r.rows), sql_text(r.message)));
}

void Recorder::check(const CheckOutcome& c) {
  add("checks", fmt::format("({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})", run_id_,
                            sql_quote(c.name), sql_text(c.asset), sql_quote(c.kind),
                            sql_quote(c.blocks ? "error" : "warn"), sql_quote(c.status), c.failures,
                            sql_text(c.condition), sql_text(c.message), sql_time(c.at), c.seconds,
                            sql_quote(c.code_version), sql_map(c.inputs), sql_text(c.sample)));
}

void Recorder::materialization(const Materialization& m, const Code& code) {
  add("materializations",
      fmt::format("({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})", run_id_,
                  sql_quote(m.unit.asset), sql_text(m.unit.partition), kNow, sql_number(m.rows),
                  sql_number(m.bytes), m.seconds, m.peak_memory_bytes, sql_text(m.checksum),
                  sql_quote(m.data_version), sql_quote(m.code_version), sql_map(m.inputs),
                  sql_text(m.reason), m.published, sql_map(m.metadata)));
  add("code_versions", fmt::format("({}, {}, {}, {})", sql_quote(m.code_version),
                                   sql_quote(m.unit.asset), sql_map(code), run_id_));
}

void Recorder::event(std::string_view level, const std::string& asset, std::string_view event,
                     const std::string& message, const Fields& fields) {
  add("events", fmt::format("({}, {}, {}, {}, {}, {}, {})", run_id_,
                            sql_time(std::chrono::system_clock::now()), sql_quote(level),
                            sql_text(asset), sql_quote(event), sql_text(message), sql_map(fields)));
}

std::vector<std::string> Recorder::take() {
  std::map<std::string, std::vector<std::string>> rows;
  std::vector<std::string> statements;
  {
    const std::lock_guard lock(mutex_);
    rows.swap(rows_);
    statements.swap(unwritten_);
  }
  for (const auto& [table, values] : rows) {
    for (std::size_t begin = 0; begin < values.size(); begin += kRowsInStatement) {
      const std::size_t end = std::min(values.size(), begin + kRowsInStatement);
      const std::vector<std::string> part(values.begin() + static_cast<std::ptrdiff_t>(begin),
                                          values.begin() + static_cast<std::ptrdiff_t>(end));
      const std::string all = join(part, ",\n");
      // Code is kept once a version.
      statements.push_back(
          table == "code_versions"
              ? fmt::format(
                    "insert into ops.code_versions select distinct on (col0) * from (values "
                    "{}) where col0 not in (select code_version from ops.code_versions)",
                    all)
              : fmt::format("insert into ops.{} values {}", table, all));
    }
  }
  return statements;
}

void Recorder::flush() {
  const std::lock_guard lock(write_mutex_);
  flushed_ = std::chrono::steady_clock::now();
  write(take());
}

// What could not be written is kept for later.
void Recorder::write(std::vector<std::string> statements) {
  if (statements.empty()) return;
  try {
    connection_.execute("begin; " + join(statements, "; ") + "; commit");
  } catch (const Error&) {
    {
      const std::lock_guard lock(mutex_);
      unwritten_ = std::move(statements);
    }
    roll_back();
    throw;
  }
}

void Recorder::roll_back() {
  try {
    connection_.execute("rollback");
  } catch (const Error&) {
    return;  // a failed commit has rolled back already
  }
}

void Recorder::flush_if_due() {
  if (std::chrono::steady_clock::now() - flushed_ >= kFlushInterval) flush();
}

bool Recorder::has_old_runs(int keep_days) {
  return connection_.query_int64("select count(*) from ops.runs where " + older_than(keep_days)) >
         0;
}

std::vector<std::string> Recorder::ending(const RunTotals& t, int keep_days) {
  const double seconds =
      std::chrono::duration<double>(std::chrono::system_clock::now() - begun_).count();
  std::vector<std::string> statements = {fmt::format(
      "update ops.runs set status = {}, message = {}, ended_at = {}, seconds = {}, published = {}, "
      "assets_made = {}, assets_fresh = {}, checks_passed = {}, checks_warned = {}, checks_failed "
      "= "
      "{}, peak_memory_bytes = {} where run_id = {}",
      sql_quote(t.status), sql_text(t.message), sql_time(std::chrono::system_clock::now()), seconds,
      t.published, t.made, t.fresh, t.passed, t.warned, t.failed, t.peak_memory_bytes, run_id_)};
  if (!has_old_runs(keep_days)) return statements;
  // What is published stays on record, however old.
  for (const char* table : {"steps", "checks", "events", "materializations", "runs"}) {
    statements.push_back(fmt::format(
        "delete from ops.{} where run_id in (select run_id from ops.runs where {}) and run_id not "
        "in (select run_id from ops.published where run_id is not null)",
        table, older_than(keep_days)));
  }
  statements.emplace_back(
      "delete from ops.code_versions where code_version not in (select code_version from "
      "ops.materializations)");
  return statements;
}

void Recorder::end(const RunTotals& totals, int keep_days) {
  const std::lock_guard lock(write_mutex_);
  std::vector<std::string> statements = take();
  for (std::string& statement : ending(totals, keep_days)) {
    statements.push_back(std::move(statement));
  }
  write(std::move(statements));
}

}  // namespace gsa::assets
