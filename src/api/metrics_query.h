#pragma once

// What a request asks for, read from its JSON and checked. Errors are ApiErrors that name the place
// and, of a name that is not known, the nearest one.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/coded_value.h"
#include "api/day.h"
#include "api/layer_names.h"

namespace boost::json {
class value;  // NOLINT: Boost's, not Value, and named as theirs are
}

namespace gsa::api {

class ObjectReader;

struct Filter {
  const Dimension* dimension = nullptr;  // or
  const Range* range = nullptr;
  std::optional<std::vector<Value>> in;  // of a dimension
  std::vector<Value> not_in;
  std::optional<double> min, max;  // of a range: min ≤ x < max

  Level level() const { return dimension ? dimension->level : range->level; }
};

// Which sessions and generations are looked at.
struct Scope {
  std::vector<Filter> filters;  // ascending by name, so that equal scopes have equal keys
  std::optional<Day> from, to;

  bool has_generation_filters() const;
  // The same without the filter on this dimension or range.
  Scope without(std::string_view name) const;
  std::string key() const;  // equal for equal scopes
};

// Days to compare with.
struct Compare {
  bool previous = false;
  DayRange range;  // unless previous
};

struct Order {
  std::string by;  // a measure or dimension of the query
  bool descending = false;
};

struct MetricsQuery {
  std::vector<const Measure*> measures;
  std::vector<const Dimension*> dimensions;
  Scope scope;
  std::optional<Compare> compare;
  std::vector<Order> order;
  std::size_t limit = 1000;
  bool intervals = false;
  bool sql = false;
};

// Throws for more than `kMaxQueries` and for an empty list.
inline constexpr std::size_t kMaxQueries = 32;

// Reads "filters" and "time_range" of a request. What comes out refers to the layer.
Scope read_scope(const Layer& layer, ObjectReader& reader);
std::optional<Compare> read_compare(ObjectReader& reader);
// Of query parameters: filters as JSON, first and last day. Empty: not given.
Scope scope_of(const Layer& layer, std::string_view filters_json, std::string_view from,
               std::string_view to);
// Reads one query at `where`.
MetricsQuery read_query(const Layer& layer, const boost::json::value& value,
                        const std::string& where);

}  // namespace gsa::api
