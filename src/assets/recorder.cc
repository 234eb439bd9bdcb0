#include "assets/recorder.h"

#include <algorithm>
#include <thread>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "assets/records_schema.h"
#include "assets/warehouse.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

// Often enough to show how far a killed run came; rare enough to cost nothing.
constexpr auto kFlushInterval = std::chrono::seconds(1);

// Length in bytes of the UTF-8 sequence at the start of `text`, by table 3-7 of the Unicode
// standard. 0 if there is none, or if it is NUL, which ends an SQL statement.
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

// Replaces bytes that are not UTF-8 (file names may have them) by U+FFFD: DuckDB would reject a bad
// byte together with its whole batch.
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

std::string sql_string(std::string_view text) { return sql_quote(valid_utf8(text)); }

std::string sql_time(WallTime time) {
  const auto us =
      std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
  return fmt::format("make_timestamp({})", us);
}

std::string sql_options(const std::vector<RunOption>& options) {
  std::vector<std::string> structs;
  for (const RunOption& option : options) {
    structs.push_back(fmt::format("{{'name': {}, 'value': {}}}", sql_string(option.name),
                                  sql_string(option.value)));
  }
  return fmt::format("[{}]::{}", join(structs, ", "), kOptionValuesType);
}

duck::Value text_or_null(std::string_view text) {
  if (text.empty()) return {};
  return valid_utf8(text);
}

template <typename T>
duck::Value value_or_null(const std::optional<T>& value) {
  if (!value) return {};
  return *value;
}

duck::Value valid_map(const std::map<std::string, std::string>& map) {
  std::map<std::string, std::string> valid;
  for (const auto& [key, value] : map) valid[valid_utf8(key)] = valid_utf8(value);
  return valid;
}

duck::Value valid_list(const std::vector<std::string>& texts) {
  std::vector<std::string> valid;
  for (const std::string& text : texts) valid.push_back(valid_utf8(text));
  return valid;
}

// Of JSON texts; empty if there is none.
std::string array_of(const std::vector<std::string>& elements) {
  return elements.empty() ? "" : "[" + join(elements, ", ") + "]";
}

std::string older_than(int days) {
  return fmt::format("started_at < {} - interval {} day", kNow, days);
}

}  // namespace

RunStatus status_after(const Error* error) {
  if (error == nullptr) return RunStatus::success;
  return error->code() == ErrorCode::interrupted ? RunStatus::interrupted : RunStatus::failed;
}

bool has_running(duck::Connection& connection) {
  return has_records(connection) &&
         connection.query_int64("select count(*) from ops.runs where status = 'running'") > 0;
}

std::int64_t mark_killed_runs(duck::Connection& connection) {
  if (!has_running(connection)) return 0;  // costs a tenth of an update that changes nothing
  // The run ended after its last record.
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

void end_broken_run(const duck::Database& database, const Error& failure) {
  constexpr int kAttempts = 100;
  constexpr auto kPause = std::chrono::milliseconds(50);
  if (!database.is_invalidated()) return;
  for (int i = 0; i < kAttempts && !database.reopen(); ++i) std::this_thread::sleep_for(kPause);
  try {
    duck::Connection connection = database.connect();
    connection.execute(fmt::format(
        "update ops.runs set status = 'failed', published = false, message = {}, ended_at = {} "
        "where status = 'running'",
        sql_string(failure.message()), kNow));
    drop_hidden(connection);
  } catch (const Error&) {
    return;
  }
}

Recorder::Recorder(const duck::Database& database, const RunHeader& header)
    : connection_(database.connect()),
      begun_(std::chrono::system_clock::now()),
      flushed_(std::chrono::steady_clock::now()) {
  duck::Transaction transaction(connection_);
  create_records(connection_);
  mark_killed_runs(connection_);
  run_id_ = connection_.query_int64("select coalesce(max(run_id), 0)::bigint + 1 from ops.runs");
  connection_.execute(fmt::format(
      "insert into ops.runs (run_id, command, options, status, started_at, published, threads, "
      "pid, gsa_version, baseline, option_values) "
      "values ({}, {}, {}, 'running', {}, false, {}, {}, {}, {}, {})",
      run_id_, sql_string(header.command), sql_string(options_text(header.options)),
      sql_time(begun_), header.threads, getpid(), sql_string(header.version),
      sql_string(header.baseline), sql_options(header.options)));
  transaction.commit();
  event("info", "", "run_started", "gsa " + header.command,
        {{"options", options_text(header.options)}});
}

void Recorder::set_baseline(const std::string& baseline) {
  const std::lock_guard lock(write_mutex_);
  connection_.execute(fmt::format("update ops.runs set baseline = {} where run_id = {}",
                                  sql_string(baseline), run_id_));
}

void Recorder::add(const std::string& table, duck::Row row) {
  const std::lock_guard lock(mutex_);
  unwritten_.rows[table].push_back(std::move(row));
}

void Recorder::step(const StepRecord& r) {
  add("steps", {run_id_, r.step, valid_utf8(r.name), valid_utf8(r.kind), text_or_null(r.partition),
                std::string(name_of(r.status)), text_or_null(r.reason), valid_list(r.waited_for),
                r.lane == 0 ? duck::Value() : r.lane, r.attempts, value_or_null(r.started_at),
                value_or_null(r.ended_at), value_or_null(r.seconds), value_or_null(r.rows),
                text_or_null(r.message)});
}

void Recorder::check(const CheckRecord& c) {
  add("checks", {run_id_, valid_utf8(c.name), text_or_null(c.asset), valid_utf8(c.kind),
                 std::string(severity_of(c.blocks)), std::string(name_of(c.status)),
                 value_or_null(c.failures), text_or_null(c.condition), text_or_null(c.message),
                 value_or_null(c.checked_at), value_or_null(c.seconds), valid_utf8(c.code_version),
                 valid_map(c.inputs), text_or_null(array_of(c.sample))});
}

void Recorder::materialization(const Materialization& m, const Code& code) {
  add("materializations",
      {run_id_, valid_utf8(m.unit.asset), text_or_null(m.unit.partition),
       std::chrono::system_clock::now(), value_or_null(m.rows), value_or_null(m.bytes),
       value_or_null(m.seconds), value_or_null(m.peak_memory_bytes), text_or_null(m.checksum),
       valid_utf8(m.data_version), valid_utf8(m.code_version), valid_map(m.inputs),
       text_or_null(m.reason), m.published, valid_map(m.metadata)});
  for (const Finding& finding : m.findings) {
    add("asset_findings",
        {run_id_, valid_utf8(m.unit.asset), text_or_null(m.unit.partition),
         valid_utf8(finding.what), valid_utf8(finding.rule), finding.count,
         text_or_null(finding.column), text_or_null(finding.place), text_or_null(finding.example)});
  }
  add("code_versions",
      {valid_utf8(m.code_version), valid_utf8(m.unit.asset), valid_map(code), run_id_});
}

void Recorder::event(std::string_view level, const std::string& asset, std::string_view event,
                     const std::string& message, const Fields& fields) {
  add("events", {run_id_, std::chrono::system_clock::now(), valid_utf8(level), text_or_null(asset),
                 valid_utf8(event), text_or_null(message), valid_map(fields)});
}

RecordBatch Recorder::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(unwritten_, {});
}

void Recorder::put_back(RecordBatch batch) {
  const std::lock_guard lock(mutex_);
  batch.add(std::exchange(unwritten_, {}));
  unwritten_ = std::move(batch);
}

void Recorder::flush() {
  const std::lock_guard lock(write_mutex_);
  write_all();
}

void Recorder::write_all() {
  flushed_ = std::chrono::steady_clock::now();
  write(take());
}

// Keeps the batch for later if it cannot be written.
void Recorder::write(RecordBatch batch) {
  if (batch.empty()) return;
  try {
    duck::Transaction transaction(connection_);
    batch.write(connection_);
    transaction.commit();
  } catch (const Error&) {
    put_back(std::move(batch));
    throw;
  }
}

void Recorder::flush_if_due() {
  const std::lock_guard lock(write_mutex_);
  if (std::chrono::steady_clock::now() - flushed_ >= kFlushInterval) write_all();
}

bool Recorder::has_old_runs(int keep_days) {
  if (run_id_ == 1) return false;
  return connection_.query_int64("select count(*) from ops.runs where " + older_than(keep_days)) >
         0;
}

std::vector<std::string> Recorder::ending(const RunTotals& totals, int keep_days) {
  const std::lock_guard lock(write_mutex_);
  return last_statements(totals, keep_days);
}

std::vector<std::string> Recorder::last_statements(const RunTotals& t, int keep_days) {
  has_ended_ = true;
  const double seconds =
      std::chrono::duration<double>(std::chrono::system_clock::now() - begun_).count();
  std::vector<std::string> statements = {fmt::format(
      "update ops.runs set status = {}, message = {}, ended_at = {}, seconds = {}, published = {}, "
      "assets_made = {}, assets_fresh = {}, checks_passed = {}, checks_warned = {}, checks_failed "
      "= "
      "{}, peak_memory_bytes = {} where run_id = {}",
      sql_string(name_of(t.status)), t.message.empty() ? "null" : sql_string(t.message),
      sql_time(std::chrono::system_clock::now()), seconds, t.published, t.made, t.fresh, t.passed,
      t.warned, t.failed, t.peak_memory_bytes, run_id_)};
  if (!has_old_runs(keep_days)) return statements;
  // Keeps the records of published relations, however old.
  for (const char* table :
       {"steps", "checks", "events", "materializations", "asset_findings", "runs"}) {
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
  RecordBatch batch = take();
  batch.add({{}, last_statements(totals, keep_days)});
  write(std::move(batch));
}

}  // namespace gsa::assets
