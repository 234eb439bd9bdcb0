#include "api/metrics_request.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "api/api_error.h"
#include "api/json_reader.h"
#include "api/metrics_table.h"
#include "api/query_sql.h"
#include "api/side_by_side.h"

namespace gsa::api {
namespace {

using Clock = std::chrono::steady_clock;

Numbers deltas(const MetricsRow& row) {
  Numbers deltas;
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    const std::optional<double>&value = row.values[i], &compared = row.compared[i];
    deltas.push_back(value && compared ? std::optional(*value - *compared) : std::nullopt);
  }
  return deltas;
}

void write(JsonWriter& json, const MetricsRow& row) {
  json.begin_object();
  json.key("key");
  json.begin_array();
  for (const Value& value : row.key) write(json, value);
  json.end_array();
  json.field("sessions", row.sessions);
  json.field("ranked", row.is_ranked());
  json.list("values", row.values);
  if (!row.coverage.empty()) json.list("coverage", row.coverage);
  if (!row.compared.empty()) {
    json.list("compared", row.compared);
    json.list("delta", deltas(row));
    json.field("compared_sessions", row.compared_sessions);
  }
  if (!row.intervals.empty()) {
    json.key("intervals");
    json.begin_array();
    for (const auto& interval : row.intervals) {
      if (!interval) {
        json.null();
        continue;
      }
      json.begin_array();
      json.value(interval->low);
      json.value(interval->high);
      json.end_array();
    }
    json.end_array();
  }
  json.end_object();
}

int days_with_data(const Facts& facts, const DayRange& days) {
  const int from = std::max(days.from, facts.first_day);
  const int to = std::min(days.to, facts.last_day);
  return std::max(0, to - from + 1);
}

void write_ranges(JsonWriter& json, const Facts& facts, const MetricsTable& table) {
  json.key("time_range");
  if (table.days) {
    json.begin_object();
    json.field("from", day_text(table.days->from));
    json.field("to", day_text(table.days->to));
    json.end_object();
  } else {
    json.null();
  }
  json.key("compare");
  if (table.compared_days) {
    json.begin_object();
    json.field("from", day_text(table.compared_days->from));
    json.field("to", day_text(table.compared_days->to));
    json.field("days_with_data", days_with_data(facts, *table.compared_days));
    json.end_object();
  } else {
    json.null();
  }
}

std::string answer_of(const Snapshot& snapshot, const boost::json::value& value,
                      const std::string& where) noexcept try {
  const std::string request = "query " + boost::json::serialize(value);
  if (auto known = snapshot.find_answer(request)) return *std::move(known);
  std::string answer = answer_query(snapshot, read_query(*snapshot.facts().layer, value, where));
  snapshot.keep_answer(request, answer);
  return answer;
} catch (const std::exception& error) {
  return error_json(error);
}

}  // namespace

std::optional<DayRange> compared_days(const Facts& facts, const std::optional<Compare>& compare,
                                      const std::optional<DayRange>& days) {
  if (!compare) return std::nullopt;
  if (!compare->previous) return compare->range;
  if (!days) return std::nullopt;
  const DayRange known{std::max(days->from, facts.first_day), std::min(days->to, facts.last_day)};
  return previous(known.days() > 0 ? known : *days);
}

std::string answer_query(const Snapshot& snapshot, const MetricsQuery& query) {
  const MetricsTable table = compute_table(snapshot, query);
  JsonWriter json;
  json.begin_object();
  json.list("dimensions", query.dimensions, kNameOf);
  json.list("measures", query.measures, kNameOf);
  write_ranges(json, snapshot.facts(), table);
  json.key("total");
  write(json, table.total);
  json.key("rows");
  json.begin_array();
  for (const MetricsRow& row : table.rows) write(json, row);
  json.end_array();
  json.field("row_count", table.row_count);
  json.field("truncated", table.rows.size() < table.row_count);
  json.field("overlaps", table.overlaps);
  json.key("sql");
  if (query.sql && table.days) {
    json.value(sql_of(*snapshot.facts().layer, query, *table.days));
  } else {
    json.null();
  }
  json.end_object();
  return json.take();
}

std::string metrics(const Snapshot& snapshot, std::string_view request) {
  const Clock::time_point begun = Clock::now();
  const boost::json::object object = parse_object(request);
  ObjectReader reader(object, "");
  const boost::json::value* queries = reader.find("queries");
  reader.done();
  if (queries == nullptr || !queries->is_array() || queries->get_array().empty() ||
      queries->get_array().size() > kMaxQueries) {
    throw bad_request(fmt::format("queries must be a list of 1 to {} queries", kMaxQueries));
  }
  const boost::json::array& list = queries->get_array();
  std::vector<std::string> answers(list.size());
  side_by_side(list.size(), [&](std::size_t i) {
    answers[i] = answer_of(snapshot, list[i], fmt::format("queries[{}]", i));
  });
  JsonWriter json;
  json.begin_object();
  json.field("publication", snapshot.facts().publication);
  json.field("ms", std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
  json.key("results");
  json.begin_array();
  for (const std::string& answer : answers) json.raw(answer);
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace gsa::api
