#include "telemetry/inspection.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "base/text.h"
#include "prompts/source_columns.h"
#include "prompts/values.h"
#include "telemetry/event_tables.h"
#include "telemetry/signal_sql.h"
#include "telemetry/vocabulary.h"

namespace gsa::telemetry {
namespace {

// Whether the source may be the export, whose rows are elsewhere than where they were looked for.
bool may_be(const Export& one, const prompts::EventRows& rows) {
  const std::string& path = one.mapping.rows;
  if (path.empty() || path == rows.rows_path()) return false;
  const auto& columns = rows.columns();
  if (path == "*") {
    // An object whose keys are ids: one row, and below each key what the export has.
    return rows.rows() == 1 && !columns.empty() &&
           std::all_of(one.has.begin(), one.has.end(), [&](const std::string& has) {
             return std::any_of(columns.begin(), columns.end(), [&](const auto& column) {
               const std::string name = unquoted(column.path);
               const std::size_t dot = name.find('.');
               return dot != std::string::npos && name.substr(dot + 1).starts_with(has);
             });
           });
  }
  const std::string first = path.substr(0, path.find('['));
  return rows.rows_path().starts_with(first) ||
         std::any_of(columns.begin(), columns.end(), [&](const auto& column) {
           return unquoted(column.path) == first || column.path.starts_with(first + ".");
         });
}

void add_coverage(duck::Connection& connection, const EventSql& sql, const Mapping& mapping,
                  Inspection& result) {
  std::string list = "count(*)";
  for (const auto& [signal, source] : mapping.signals) {
    list += fmt::format(", count({})", column_of(signal));
  }
  const bool has_user = mapping.find(Signal::user) != nullptr;
  const bool has_time = mapping.find(Signal::time) != nullptr;
  list += has_user ? ", count(distinct user_key)" : ", 0";
  list += has_time ? ", min(generated_at)::varchar, max(generated_at)::varchar"
                   : ", null::varchar, null::varchar";
  const duck::Result counts =
      connection.query(fmt::format("select {} from ({})", list, sql.select));
  result.events = counts.int64(0, 0);
  std::size_t at = 1;
  for (const auto& [signal, source] : mapping.signals) {
    result.coverage.push_back({signal, counts.int64(0, at++)});
  }
  result.users = counts.int64(0, at);
  result.first_time = counts.text(0, at + 1);
  result.last_time = counts.text(0, at + 2);
}

void add_status_words(duck::Connection& connection, const EventSql& sql, Inspection& result) {
  constexpr int kMost = 50;
  const duck::Result words =
      connection.query(fmt::format("select coalesce(status_word, ''), status::integer, count(*), "
                                   "bool_and(knows_status)::integer from ({}) "
                                   "group by 1, 2 order by 3 desc, 1 limit {}",
                                   sql.select, kMost));
  for (std::size_t row = 0; row < words.rows(); ++row) {
    StatusWord word{prompts::printable(words.text(row, 0), 60), std::nullopt, words.int64(row, 2),
                    words.int64(row, 3) != 0};
    if (!words.is_null(row, 1)) word.status = static_cast<Status>(words.int64(row, 1));
    result.status_words.push_back(std::move(word));
  }
}

// As a run finds them, from the rows that have a time.
void add_attributes(duck::Connection& connection, const prompts::EventRows& rows,
                    const Mapping& mapping, Inspection& result) {
  result.attributes = attributes_of(rows, mapping);
  if (result.attributes.empty()) return;
  const EventSql sql = select_events(rows, mapping, prompts::latest_time_us(), result.attributes);
  const auto has = [&](std::string_view column) {
    return std::find(sql.columns.begin(), sql.columns.end(), column) != sql.columns.end();
  };
  const std::string relation = fmt::format(
      "(from ({}){})", sql.select, has("generated_at") ? " where generated_at is not null" : "");
  if (has("plain_user_key")) leave_out_keys(connection, relation, result.attributes);
  choose_dimensions(connection, relation, mapping, result.attributes);
}

}  // namespace

OpenedEvents open_events(duck::Connection& connection, const prompts::RunQuery& run,
                         const std::vector<prompts::SourceFile>& files,
                         const std::string& rows_path, std::int64_t most_rows) {
  const auto open = [&](const std::string& path) {
    OpenedEvents opened;
    opened.rows = std::make_unique<prompts::EventRows>(connection, run, files, path, most_rows);
    opened.columns = profile_columns(connection, *opened.rows, most_rows);
    opened.found = detect(opened.columns);
    if (opened.found.mapping.rows.empty()) opened.found.mapping.rows = opened.rows->rows_path();
    return opened;
  };
  OpenedEvents opened = open(rows_path);
  if (opened.found.is_export || !rows_path.empty()) return opened;
  for (const Export& one : builtin_exports()) {
    if (!may_be(one, *opened.rows)) continue;
    OpenedEvents again = open(one.mapping.rows);
    if (again.found.is_export) return again;
  }
  return opened;
}

Inspection inspect(duck::Connection& connection, const OpenedEvents& events,
                   const Mapping& mapping) {
  Inspection result;
  result.rows = events.rows->rows();
  const EventSql sql = select_events(*events.rows, mapping, prompts::latest_time_us());
  add_coverage(connection, sql, mapping, result);
  if (std::find(sql.columns.begin(), sql.columns.end(), "status") != sql.columns.end()) {
    add_status_words(connection, sql, result);
  }
  result.odd = find_odd_events(connection, *events.rows, mapping);
  add_attributes(connection, *events.rows, mapping, result);
  return result;
}

}  // namespace gsa::telemetry
