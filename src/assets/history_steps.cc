// The records of steps and checks.

#include <fmt/format.h>

#include "assets/history.h"
#include "assets/record_rows.h"
#include "assets/warehouse.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

enum class Samples { none, read };

// A sample that is no JSON array is shown as it is.
constexpr const char* kSampleRows =
    "case when json_valid(sample) and json_type(sample) = 'ARRAY' "
    "then (sample::json -> '$[*]')::varchar[] when sample <> '' then [sample] end";

// `where` and the clauses after it may use the columns of ops.checks.
std::vector<CheckRecord> read_checks(duck::Connection& connection, const std::string& where,
                                     Samples samples) {
  return read_records<CheckRecord>(
      connection,
      fmt::format("select run_id, check_name, asset, kind, severity, status, failures, condition, "
                  "message, epoch_us(checked_at), seconds, code_version, inputs, {} "
                  "from ops.checks {}",
                  samples == Samples::read ? kSampleRows : "null::varchar[]", where),
      [](RecordRow row) {
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
        check.sample = row.texts();
        return check;
      });
}

// The rows with the last outcome of each check among those that `where` chooses.
std::string last_of_each(const std::string& where) {
  return fmt::format(
      "where rowid in (select arg_max(rowid, (run_id, checked_at)) from ops.checks {} "
      "group by check_name)",
      where);
}

}  // namespace

std::vector<StepRecord> steps_of(duck::Connection& connection, std::int64_t run) {
  return read_records<StepRecord>(connection,
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
    list_sort(waited_for),
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
                                  [](RecordRow row) {
                                    StepRecord step;
                                    step.step = row.count();
                                    step.name = row.text();
                                    step.kind = row.text();
                                    step.asset = row.text();
                                    step.partition = row.text();
                                    step.status = step_status(row.text());
                                    step.reason = row.text();
                                    step.waited_for = row.texts();
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
}

std::vector<CheckRecord> checks_of(duck::Connection& connection, std::int64_t run) {
  return read_checks(connection, fmt::format("where run_id = {} order by rowid", run),
                     Samples::read);
}

std::vector<CheckRecord> last_checks(duck::Connection& connection) {
  if (!has_records(connection)) return {};
  return read_checks(connection, last_of_each(""), Samples::none);
}

std::vector<CheckRecord> last_checks_of(duck::Connection& connection, const std::string& asset) {
  if (!has_records(connection)) return {};
  return read_checks(
      connection,
      last_of_each(fmt::format("where asset = {}", sql_quote(asset))) + " order by run_id, rowid",
      Samples::read);
}

std::vector<CheckRecord> checks_as_of(duck::Connection& connection, std::int64_t run) {
  return read_checks(
      connection,
      fmt::format("where run_id <= {} qualify row_number() over (partition by asset, check_name "
                  "order by run_id desc, rowid desc) = 1",
                  run),
      Samples::none);
}

}  // namespace gsa::assets
