#include "assets/recorder.h"

#include <algorithm>
#include <iterator>
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

// The bytes of the UTF-8 sequence that `text` begins with, by table 3-7 of the Unicode standard; 0
// where it begins with none, or with NUL, which ends a statement.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto goes_on = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80; };
  const unsigned first = byte(0), second = byte(1);
  if (first < 0x80) return first == 0 ? 0 : 1;
  if (first < 0xC2 || first > 0xF4 || !goes_on(1)) return 0;
  if (first < 0xE0) return 2;
  const bool is_overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool is_no_character = (first == 0xED && second > 0x9F) || (first == 0xF4 && second > 0x8F);
  if (is_overlong || is_no_character || !goes_on(2)) return 0;
  if (first < 0xF0) return 3;
  return goes_on(3) ? 4 : 0;
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    valid += length > 0 ? text.substr(0, length) : std::string_view("\uFFFD");
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return valid;
}

// The text as a literal of SQL; bytes that DuckDB takes for no text, as those of a file's name may
// be, become U+FFFD: one bad byte would keep all that is written with it off the record.
std::string sql_string(std::string_view text) { return sql_quote(valid_utf8(text)); }

std::string sql_text(std::string_view text) { return text.empty() ? "null" : sql_string(text); }

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
    entries.push_back(fmt::format("{}: {}", sql_string(key), sql_string(value)));
  }
  return "map {" + join(entries, ", ") + "}";
}

std::string sql_list(const std::vector<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(sql_string(text));
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
  if (!has_running(connection)) return 0;  // in a tenth of the time that no change takes
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
      run_id_, sql_string(header.command), sql_string(header.options), sql_time(begun_),
      header.threads, getpid(), sql_string(header.version), sql_string(header.baseline)));
  event("info", "", "run_started", "gsa " + header.command, {{"options", header.options}});
}

void Recorder::add(std::string table, std::string row) {
  const std::lock_guard lock(mutex_);
  rows_[std::move(table)].push_back(std::move(row));
}

void Recorder::step(const StepRecord& r) {
  add("steps", fmt::format("({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})", run_id_,
                           r.step, sql_string(r.name), sql_string(r.kind), sql_text(r.partition),
                           sql_string(r.status), sql_text(r.reason), sql_list(r.waited_for),
                           r.lane + 1, r.attempts, sql_time(r.begun), sql_time(r.ended), r.seconds,
                           sql_number(r.rows), sql_text(r.message)));
}

void Recorder::check(const CheckOutcome& c) {
  add("checks",
      fmt::format("({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})", run_id_,
                  sql_string(c.name), sql_text(c.asset), sql_string(c.kind),
                  sql_string(c.blocks ? "error" : "warn"), sql_string(c.status), c.failures,
                  sql_text(c.condition), sql_text(c.message), sql_time(c.at), c.seconds,
                  sql_string(c.code_version), sql_map(c.inputs), sql_text(c.sample)));
}

void Recorder::materialization(const Materialization& m, const Code& code) {
  add("materializations",
      fmt::format("({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})", run_id_,
                  sql_string(m.unit.asset), sql_text(m.unit.partition),
                  sql_time(std::chrono::system_clock::now()), sql_number(m.rows),
                  sql_number(m.bytes), m.seconds, m.peak_memory_bytes, sql_text(m.checksum),
                  sql_string(m.data_version), sql_string(m.code_version), sql_map(m.inputs),
                  sql_text(m.reason), m.published, sql_map(m.metadata)));
  add("code_versions", fmt::format("({}, {}, {}, {})", sql_string(m.code_version),
                                   sql_string(m.unit.asset), sql_map(code), run_id_));
}

void Recorder::event(std::string_view level, const std::string& asset, std::string_view event,
                     const std::string& message, const Fields& fields) {
  add("events",
      fmt::format("({}, {}, {}, {}, {}, {}, {})", run_id_,
                  sql_time(std::chrono::system_clock::now()), sql_string(level), sql_text(asset),
                  sql_string(event), sql_text(message), sql_map(fields)));
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

void Recorder::put_back(std::vector<std::string> statements) {
  const std::lock_guard lock(mutex_);
  unwritten_.insert(unwritten_.begin(), std::make_move_iterator(statements.begin()),
                    std::make_move_iterator(statements.end()));
}

void Recorder::flush() {
  const std::lock_guard lock(write_mutex_);
  write_all();
}

void Recorder::write_all() {
  flushed_ = std::chrono::steady_clock::now();
  write(take());
}

// What could not be written is kept for later.
void Recorder::write(std::vector<std::string> statements) {
  if (statements.empty()) return;
  try {
    connection_.execute("begin; " + join(statements, "; ") + "; commit");
  } catch (const Error&) {
    put_back(std::move(statements));
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
  const std::lock_guard lock(write_mutex_);
  if (std::chrono::steady_clock::now() - flushed_ >= kFlushInterval) write_all();
}

bool Recorder::has_old_runs(int keep_days) {
  return connection_.query_int64("select count(*) from ops.runs where " + older_than(keep_days)) >
         0;
}

std::vector<std::string> Recorder::ending(const RunTotals& totals, int keep_days) {
  const std::lock_guard lock(write_mutex_);
  return last_statements(totals, keep_days);
}

std::vector<std::string> Recorder::last_statements(const RunTotals& t, int keep_days) {
  const double seconds =
      std::chrono::duration<double>(std::chrono::system_clock::now() - begun_).count();
  std::vector<std::string> statements = {fmt::format(
      "update ops.runs set status = {}, message = {}, ended_at = {}, seconds = {}, published = {}, "
      "assets_made = {}, assets_fresh = {}, checks_passed = {}, checks_warned = {}, checks_failed "
      "= "
      "{}, peak_memory_bytes = {} where run_id = {}",
      sql_string(t.status), sql_text(t.message), sql_time(std::chrono::system_clock::now()),
      seconds, t.published, t.made, t.fresh, t.passed, t.warned, t.failed, t.peak_memory_bytes,
      run_id_)};
  if (!has_old_runs(keep_days)) return statements;
  // What is published stays on record, however old.
  for (const char* table : {"steps", "checks", "events", "materializations", "runs"}) {
    statements.push_back(
        fmt::format("delete from ops.{} where run_id in (select run_id from ops.runs where {}) and "
                    "run_id <> {} "
                    "and run_id not in (select run_id from ops.published where run_id is not null)",
                    table, older_than(keep_days), run_id_));
  }
  statements.emplace_back(
      "delete from ops.code_versions where code_version not in (select code_version from "
      "ops.materializations)");
  return statements;
}

void Recorder::end(const RunTotals& totals, int keep_days) {
  const std::lock_guard lock(write_mutex_);
  std::vector<std::string> statements = take();
  for (std::string& statement : last_statements(totals, keep_days)) {
    statements.push_back(std::move(statement));
  }
  write(std::move(statements));
}

}  // namespace gsa::assets
