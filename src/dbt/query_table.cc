#include "dbt/query_table.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/error.h"
#include "dbt/config.h"
#include "duck/query_json.h"
#include "jinja/python_datetime.h"
#include "jinja/python_strftime.h"

namespace gsa::dbt {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxBytes = 1U << 28;

// "2020-01-02 03:04:05.678+00" as microseconds; null for infinity and for years that Python lacks.
std::optional<std::int64_t> micros_of(const std::string& text, bool has_time) {
  try {
    std::string format = "%Y-%m-%d";
    if (has_time) format += text.find('.') == std::string::npos ? " %H:%M:%S" : " %H:%M:%S.%f";
    std::string local = text;
    if (const std::size_t zone = local.find('+', 10); zone != std::string::npos) local.resize(zone);
    const jinja::TimeParts parts = jinja::parse_time(local, format);
    const std::chrono::sys_days date(std::chrono::year(static_cast<int>(parts.year)) /
                                     static_cast<int>(parts.month) / static_cast<int>(parts.day));
    return ((date.time_since_epoch().count() * 24 + parts.hour) * 3600 + parts.minute * 60 +
            parts.second) *
               1'000'000 +
           parts.microsecond;
  } catch (const Error&) {
    return std::nullopt;
  }
}

Value from_text(const std::string& text, const std::string& kind) {
  if (kind == "integer") {
    std::int64_t number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed == std::errc() && end == text.data() + text.size()) return number;
    return Value::decimal(text);
  }
  if (kind == "decimal") return Value::decimal(text);
  if (kind == "date") {
    const auto micros = micros_of(text, false);
    if (micros) return jinja::date_of_days(*micros / 86'400'000'000);
  }
  if (kind == "timestamp") {
    const auto micros = micros_of(text, true);
    if (micros && text.find('+', 10) == std::string::npos)
      return jinja::datetime_without_zone(*micros);
    if (micros && text.ends_with("+00")) return jinja::datetime_in_utc(*micros);
  }
  return text;
}

Value to_value(const json::value& value, const std::string& kind) {
  switch (value.kind()) {
    case json::kind::null:
      return {};
    case json::kind::bool_:
      return value.get_bool();
    case json::kind::int64:
      return value.get_int64();
    case json::kind::uint64:
      return static_cast<std::int64_t>(value.get_uint64());
    case json::kind::double_:
      return value.get_double();
    case json::kind::string:
      return from_text(std::string(value.get_string()), kind);
    default:
      return json::serialize(value);
  }
}

// Python's Decimal and float print a whole number with a point only if it was written with one.
Value number_of(const Value& value, const std::string& kind) {
  return kind == "number" && value.is_integer() ? Value(static_cast<double>(value.as_integer()))
                                                : value;
}

Value values_of(const Value& self, const CallArguments&) { return Value::tuple(self.as_list()); }

Value keys_of(const Value& self, const CallArguments&) {
  List keys;
  for (const auto& [name, value] : self.as_object().attributes.entries()) keys.push_back(name);
  return Value::tuple(std::move(keys));
}

Value items_of(const Value& self, const CallArguments&) {
  List items;
  for (const auto& [name, value] : self.as_object().attributes.entries()) {
    items.push_back(Value::tuple({name, value}));
  }
  return items;
}

Value dict_of(const Value& self, const CallArguments&) { return self.as_object().attributes; }

Value get_from(const Value& self, const CallArguments& arguments) {
  arguments.expect("get", 1, {"key", "default"});
  const Value* found = self.as_object().attributes.find_key(*arguments.find(0, "key"));
  const Value* otherwise = arguments.find(1, "default");
  return found != nullptr ? *found : otherwise != nullptr ? *otherwise : Value();
}

Value distinct_values(const Value& self, const CallArguments&) {
  List values;
  for (const Value& value : self.as_list()) {
    if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
  }
  return Value::tuple(std::move(values));
}

Value values_without_nulls(const Value& self, const CallArguments&) {
  List values;
  for (const Value& value : self.as_list()) {
    if (!value.is_none()) values.push_back(value);
  }
  return Value::tuple(std::move(values));
}

Value print_nothing(const Value&, const CallArguments&) { return {}; }

// Pairs names with values; the names become attributes.
const ObjectType kMapped = {"sequence",
                            {{"values", values_of},
                             {"keys", keys_of},
                             {"items", items_of},
                             {"dict", dict_of},
                             {"get", get_from}}};
const ObjectType kColumnOfResult = {"column",
                                    {{"values", values_of},
                                     {"values_distinct", distinct_values},
                                     {"values_without_nulls", values_without_nulls}}};
const ObjectType kResultTable = {"table", {{"print_table", print_nothing}}};

Value mapped(const std::vector<std::string>& names, List values, std::string text) {
  Object made;
  made.text = std::move(text);
  made.type = &kMapped;
  for (std::size_t i = 0; i < names.size(); ++i) made.attributes.set(names[i], values[i]);
  made.items = std::move(values);
  return Value::object(std::move(made));
}

}  // namespace

QueryRows query_rows(duck::Connection& connection, const std::string& sql) {
  try {
    if (!connection.inspect(sql).is_select) {
      throw Error("a template may only query the database, but this statement changes it",
                  std::string(kDbtHasIt));
    }
    const duck::JsonRows found = duck::query_json(connection, sql, kMaxTemplateRows + 1, kMaxBytes);
    QueryRows rows;
    for (const duck::JsonColumn& column : found.columns) {
      rows.columns.push_back(column.name);
      rows.types.push_back(column.type);
    }
    const json::value parsed = json::parse(found.rows);
    if (found.truncated != duck::Truncation::none || parsed.as_array().size() > kMaxTemplateRows) {
      throw Error(
          fmt::format("the query of a template returns more than {} rows", kMaxTemplateRows));
    }
    for (const json::value& row : parsed.as_array()) {
      List values;
      for (std::size_t i = 0; i < rows.columns.size(); ++i) {
        const std::string& kind = found.columns[i].kind;
        values.push_back(number_of(to_value(row.as_array()[i], kind), kind));
      }
      rows.rows.push_back(std::move(values));
    }
    return rows;
  } catch (const duck::SqlError& error) {
    if (error.kind() != duck::SqlErrorKind::interrupted) throw;
    throw Error("interrupted", "", ErrorCode::interrupted);
  }
}

Value table_value(QueryRows rows) {
  List columns, row_values, names, types;
  for (std::size_t i = 0; i < rows.columns.size(); ++i) {
    Object column;
    column.name = "column";
    column.text = fmt::format("<column {}>", rows.columns[i]);
    column.type = &kColumnOfResult;
    column.attributes = Dict({{Value("name"), Value(rows.columns[i])},
                              {Value("index"), Value(static_cast<std::int64_t>(i))}});
    column.items.emplace();
    for (const List& row : rows.rows) column.items->push_back(row[i]);
    columns.push_back(Value::object(std::move(column)));
    names.emplace_back(rows.columns[i]);
    types.emplace_back(rows.types[i]);
  }
  for (List& row : rows.rows) {
    row_values.push_back(mapped(rows.columns, std::move(row), "<row>"));
  }
  Object table;
  table.name = "table";
  table.text = "<table>";
  table.type = &kResultTable;
  table.items = row_values;
  table.attributes.set("columns", mapped(rows.columns, std::move(columns), "<columns>"));
  table.attributes.set("rows", mapped({}, std::move(row_values), "<rows>"));
  table.attributes.set("column_names", Value::tuple(std::move(names)));
  table.attributes.set("column_types", Value::tuple(std::move(types)));
  return Value::object(std::move(table));
}

}  // namespace gsa::dbt
