#include "api/metrics_query.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "api/api_error.h"
#include "api/json_reader.h"
#include "base/text.h"

namespace gsa::api {
namespace {

constexpr std::size_t kMaxValues = 1000;  // in the list of a filter
constexpr std::size_t kMaxMeasures = 24;
constexpr std::size_t kMaxDimensions = 3;
constexpr std::int64_t kMaxGroups = 10'000;
constexpr std::int64_t kDefaultRows = 1000;

void check_type(const Dimension& dimension, const Value& value, const std::string& where) {
  if (std::holds_alternative<std::monostate>(value)) return;
  const bool fits =
      dimension.type == DimensionType::number    ? std::holds_alternative<std::int64_t>(value)
      : dimension.type == DimensionType::boolean ? std::holds_alternative<bool>(value)
                                                 : std::holds_alternative<std::string>(value);
  if (fits) return;
  throw bad_request(
      fmt::format("{}: '{}' is no value of {}", where, to_string(value), dimension.name),
      dimension.type == DimensionType::number    ? "its values are whole numbers"
      : dimension.type == DimensionType::boolean ? "its values are true and false"
                                                 : "its values are texts");
}

std::vector<std::string> filter_names(const Layer& layer) {
  std::vector<std::string> names = layer.dimension_names();
  const std::vector<std::string> ranges = layer.range_names();
  names.insert(names.end(), ranges.begin(), ranges.end());
  return names;
}

Filter read_filter(const Layer& layer, const std::string& name, const boost::json::value& value,
                   const std::string& where) {
  Filter filter;
  filter.dimension = layer.find_dimension(name);
  filter.range = layer.find_range(name);
  if (filter.dimension == nullptr && filter.range == nullptr) {
    throw bad_request(fmt::format("there is no dimension or range '{}' to filter by", name),
                      did_you_mean(name, filter_names(layer)));
  }
  ObjectReader reader(value, where);
  if (filter.dimension != nullptr) {
    filter.in = reader.values("in", kMaxValues);
    filter.not_in = reader.values("not_in", kMaxValues).value_or(std::vector<Value>{});
    for (const Value& one : filter.in.value_or(std::vector<Value>{})) {
      check_type(*filter.dimension, one, where);
    }
    for (const Value& one : filter.not_in) check_type(*filter.dimension, one, where);
  } else {
    filter.min = reader.number("min");
    filter.max = reader.number("max");
  }
  reader.done();
  if (!filter.in && filter.not_in.empty() && !filter.min && !filter.max) {
    throw bad_request(fmt::format("{} says nothing", where),
                      filter.dimension ? "give in or not_in" : "give min or max");
  }
  return filter;
}

std::vector<Filter> read_filters(const Layer& layer, const boost::json::value& value,
                                 const std::string& where) {
  if (!value.is_object()) throw bad_request(where + " must be a JSON object");
  std::vector<Filter> filters;
  for (const auto& member : value.get_object()) {
    const std::string name(member.key());
    filters.push_back(read_filter(layer, name, member.value(), fmt::format("{}.{}", where, name)));
  }
  const auto name_of = [](const Filter& filter) {
    return filter.dimension ? filter.dimension->name : filter.range->name;
  };
  std::sort(filters.begin(), filters.end(),
            [&](const Filter& a, const Filter& b) { return name_of(a) < name_of(b); });
  return filters;
}

Day read_day(std::string_view text, const std::string& where) {
  const auto day = parse_day(text);
  if (!day) throw bad_request(fmt::format("{}: '{}' is no day", where, text), "write 2025-12-01");
  return *day;
}

std::optional<Day> read_day(ObjectReader& reader, std::string_view key) {
  const auto text = reader.text(key);
  if (!text) return std::nullopt;
  return read_day(*text, reader.at(key));
}

void check_order(std::optional<Day> from, std::optional<Day> to, const std::string& where) {
  if (from && to && *from > *to) {
    throw bad_request(
        fmt::format("{} ends ({}) before it begins ({})", where, day_text(*to), day_text(*from)));
  }
}

std::vector<Order> read_order(ObjectReader& reader, const MetricsQuery& query) {
  std::vector<Order> order;
  const boost::json::value* list = reader.find("order");
  if (list == nullptr) return order;
  if (!list->is_array()) throw bad_request(reader.at("order") + " must be a list");
  std::vector<std::string> names;
  for (const Measure* measure : query.measures) names.emplace_back(measure->name);
  for (const Dimension* dimension : query.dimensions) names.emplace_back(dimension->name);
  for (const boost::json::value& element : list->get_array()) {
    ObjectReader one(element, reader.at("order"));
    const std::string by = one.required_text("by");
    const std::string direction = one.text("direction").value_or("asc");
    one.done();
    if (std::find(names.begin(), names.end(), by) == names.end()) {
      throw bad_request(fmt::format("cannot order by '{}', which the query does not ask for", by),
                        did_you_mean(by, names));
    }
    if (direction != "asc" && direction != "desc") {
      throw bad_request(one.at("direction") + " must be asc or desc");
    }
    order.push_back({by, direction == "desc"});
  }
  return order;
}

void read_dimensions(const Layer& layer, ObjectReader& reader, MetricsQuery& query) {
  if (const auto grain = reader.text("grain")) {
    const std::vector<std::string> grains = {"hour", "day", "week", "month"};
    if (std::find(grains.begin(), grains.end(), *grain) == grains.end()) {
      throw bad_request(fmt::format("there is no grain '{}'", *grain),
                        "there are hour, day, week and month");
    }
    query.dimensions.push_back(&dimension_named(layer, *grain));
  }
  for (const std::string& name : reader.texts("dimensions", kMaxDimensions)) {
    const Dimension& dimension = dimension_named(layer, name);
    const auto& known = query.dimensions;
    if (std::find(known.begin(), known.end(), &dimension) != known.end()) {
      throw bad_request(fmt::format("{} has '{}' twice", reader.at("dimensions"), name));
    }
    query.dimensions.push_back(&dimension);
  }
  if (query.dimensions.size() > kMaxDimensions) {
    throw bad_request(
        fmt::format("at most {} dimensions are taken, the grain included", kMaxDimensions));
  }
}

}  // namespace

bool Scope::has_generation_filters() const {
  return std::any_of(filters.begin(), filters.end(),
                     [](const Filter& filter) { return filter.level() == Level::generation; });
}

Scope Scope::without(std::string_view name) const {
  Scope rest = *this;
  std::erase_if(rest.filters, [&](const Filter& filter) {
    return (filter.dimension ? filter.dimension->name : filter.range->name) == name;
  });
  return rest;
}

std::string Scope::key() const {
  std::string key = fmt::format("{}..{}", from ? day_text(*from) : "", to ? day_text(*to) : "");
  for (const Filter& filter : filters) {
    key += fmt::format(";{}", filter.dimension ? filter.dimension->name : filter.range->name);
    if (filter.in) {
      key += " in";
      for (const Value& value : *filter.in) key += " " + sql_literal(value);
    }
    key += " not";
    for (const Value& value : filter.not_in) key += " " + sql_literal(value);
    if (filter.min) key += fmt::format(" min {}", filter.min.value());
    if (filter.max) key += fmt::format(" max {}", filter.max.value());
  }
  return key;
}

Scope read_scope(const Layer& layer, ObjectReader& reader) {
  Scope scope;
  if (const boost::json::value* filters = reader.find("filters")) {
    scope.filters = read_filters(layer, *filters, reader.at("filters"));
  }
  if (const boost::json::value* range = reader.find("time_range")) {
    ObjectReader days(*range, reader.at("time_range"));
    scope.from = read_day(days, "from");
    scope.to = read_day(days, "to");
    days.done();
    check_order(scope.from, scope.to, reader.at("time_range"));
  }
  return scope;
}

std::optional<Compare> read_compare(ObjectReader& reader) {
  const boost::json::value* value = reader.find("compare");
  if (value == nullptr) return std::nullopt;
  if (value->is_string()) {
    if (value->get_string() != "previous") {
      throw bad_request(reader.at("compare") + " must be \"previous\" or {from, to}");
    }
    return Compare{true, {}};
  }
  ObjectReader days(*value, reader.at("compare"));
  const auto from = read_day(days, "from");
  const auto to = read_day(days, "to");
  days.done();
  if (!from || !to) throw bad_request(reader.at("compare") + " needs from and to");
  check_order(from, to, reader.at("compare"));
  return Compare{false, {*from, *to}};
}

Scope scope_of(const Layer& layer, std::string_view filters_json, std::string_view from,
               std::string_view to) {
  Scope scope;
  if (!filters_json.empty())
    scope.filters = read_filters(layer, parse_object(filters_json), "filters");
  if (!from.empty()) scope.from = read_day(from, "from");
  if (!to.empty()) scope.to = read_day(to, "to");
  check_order(scope.from, scope.to, "the time range");
  return scope;
}

MetricsQuery read_query(const Layer& layer, const boost::json::value& value,
                        const std::string& where) {
  ObjectReader reader(value, where);
  MetricsQuery query;
  for (const std::string& name : reader.texts("measures", kMaxMeasures)) {
    query.measures.push_back(&measure_named(layer, name));
  }
  if (query.measures.empty()) throw bad_request(reader.at("measures") + " is missing");
  read_dimensions(layer, reader, query);
  query.scope = read_scope(layer, reader);
  query.compare = read_compare(reader);
  query.order = read_order(reader, query);
  query.limit = static_cast<std::size_t>(reader.integer("limit", 1, kMaxGroups, kDefaultRows));
  query.intervals = reader.boolean("intervals", false);
  query.sql = reader.boolean("sql", false);
  reader.done();
  return query;
}

}  // namespace gsa::api
