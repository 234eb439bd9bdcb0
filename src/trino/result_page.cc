#include "trino/result_page.h"

#include <cstdint>
#include <limits>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "trino/exact_json.h"

namespace gsa::trino {
namespace {

namespace json = boost::json;

// A member, unless it is absent or null.
const json::value* member(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(json::string_view(name.data(), name.size()));
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* found = member(object, name);
  if (found == nullptr || !found->is_string()) return "";
  return {found->get_string().data(), found->get_string().size()};
}

std::optional<std::int64_t> whole_number(const json::object& object, std::string_view name) {
  const json::value* found = member(object, name);
  if (found == nullptr || !found->is_int64()) return std::nullopt;
  return found->get_int64();
}

std::optional<int> place_in(const json::object& object, std::string_view name) {
  const std::optional<std::int64_t> number = whole_number(object, name);
  if (!number || *number < 1 || *number > std::numeric_limits<int>::max()) return std::nullopt;
  return static_cast<int>(*number);
}

const json::object* object_in(const json::object& object, std::string_view name) {
  const json::value* found = member(object, name);
  return found == nullptr ? nullptr : found->if_object();
}

StatementStats read_stats(const json::object& object) {
  const auto count = [&](std::string_view name) { return whole_number(object, name).value_or(0); };
  const auto time = [&](std::string_view name) { return std::chrono::milliseconds(count(name)); };
  const json::value* queued = member(object, "queued");
  const json::value* percent = member(object, "progressPercentage");
  return {.state = text_of(object, "state"),
          .queued = queued != nullptr && queued->is_bool() && queued->get_bool(),
          .percent = percent != nullptr && percent->is_number()
                         ? std::optional(percent->to_number<double>())
                         : std::nullopt,
          .nodes = count("nodes"),
          .total_splits = count("totalSplits"),
          .queued_splits = count("queuedSplits"),
          .running_splits = count("runningSplits"),
          .completed_splits = count("completedSplits"),
          .processed_rows = count("processedRows"),
          .processed_bytes = count("processedBytes"),
          .peak_memory_bytes = count("peakMemoryBytes"),
          .elapsed = time("elapsedTimeMillis"),
          .queued_time = time("queuedTimeMillis"),
          .cpu_time = time("cpuTimeMillis")};
}

QueryErrorKind kind_of(const std::string& type) {
  if (type == "USER_ERROR") return QueryErrorKind::user_error;
  if (type == "INSUFFICIENT_RESOURCES") return QueryErrorKind::insufficient_resources;
  if (type == "EXTERNAL") return QueryErrorKind::external;
  return QueryErrorKind::internal_error;
}

QueryFailure read_failure(const json::object& error) {
  QueryFailure failure;
  failure.kind = kind_of(text_of(error, "errorType"));
  failure.message = text_of(error, "message");
  failure.name = text_of(error, "errorName");
  failure.code = static_cast<int>(whole_number(error, "errorCode").value_or(0));
  const json::object* location = object_in(error, "errorLocation");
  if (const json::object* info = object_in(error, "failureInfo")) {
    failure.java_type = text_of(*info, "type");
    if (location == nullptr) location = object_in(*info, "errorLocation");
  }
  if (location != nullptr) {
    failure.line = place_in(*location, "lineNumber");
    failure.column = place_in(*location, "columnNumber");
  }
  if (failure.message.empty()) {
    failure.message = failure.name.empty() ? "the query failed" : failure.name;
  }
  return failure;
}

std::vector<Warning> read_warnings(const json::value* list) {
  std::vector<Warning> warnings;
  if (list == nullptr || !list->is_array()) return warnings;
  for (const json::value& entry : list->get_array()) {
    const json::object* warning = entry.if_object();
    if (warning == nullptr) continue;
    const json::object* code = object_in(*warning, "warningCode");
    warnings.push_back({.name = code == nullptr ? "" : text_of(*code, "name"),
                        .message = text_of(*warning, "message")});
  }
  return warnings;
}

// False if the list is not one of columns.
bool read_columns(const json::value& list, std::vector<Column>& columns) {
  if (!list.is_array()) return false;
  for (const json::value& entry : list.get_array()) {
    const json::object* column = entry.if_object();
    if (column == nullptr) return false;
    columns.push_back({.name = text_of(*column, "name"), .type = text_of(*column, "type")});
  }
  return true;
}

// False if the list is not one of rows. An object in its place would be segments that are stored
// elsewhere, which we do not ask for.
bool take_rows(json::value& list, std::vector<Row>& rows) {
  if (!list.is_array()) return false;
  rows.reserve(list.get_array().size());
  for (json::value& entry : list.get_array()) {
    if (!entry.is_array()) return false;
    rows.push_back(std::move(entry.get_array()));
  }
  return true;
}

}  // namespace

std::optional<ResultPage> read_page(std::string_view text) {
  std::optional<json::value> document = parse_exact_json(text);
  if (!document || !document->is_object()) return std::nullopt;
  json::object& object = document->get_object();
  ResultPage page{.info = {.query_id = text_of(object, "id"),
                           .info_uri = text_of(object, "infoUri"),
                           .update_type = text_of(object, "updateType"),
                           .update_count = whole_number(object, "updateCount"),
                           .warnings = read_warnings(member(object, "warnings"))},
                  .next_uri = text_of(object, "nextUri")};
  const json::object* stats = object_in(object, "stats");
  if (page.info.query_id.empty() || stats == nullptr) return std::nullopt;
  page.info.stats = read_stats(*stats);
  if (const json::object* error = object_in(object, "error")) page.failure = read_failure(*error);
  const json::value* columns = member(object, "columns");
  if (columns != nullptr && !read_columns(*columns, page.info.columns)) return std::nullopt;
  json::value* data = object.if_contains("data");
  if (data != nullptr && !data->is_null() && !take_rows(*data, page.rows)) return std::nullopt;
  return page;
}

}  // namespace gsa::trino
