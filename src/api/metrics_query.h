#pragma once

// Parses and validates the JSON of a request. Errors are ApiErrors that name the place and, for an
// unknown name, the nearest one.

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
  const Dimension* dimension = nullptr;  // or `range`
  const Range* range = nullptr;
  std::optional<std::vector<Value>> in;  // on a dimension
  std::vector<Value> not_in;
  std::optional<double> min, max;  // on a range: min ≤ x < max

  Level level() const { return dimension ? dimension->level : range->level; }
};

// Selects sessions and generations.
struct Scope {
  std::vector<Filter> filters;  // sorted by name, so that equal scopes have equal keys
  std::optional<Day> from, to;

  bool has_generation_filters() const;
  // The scope without the filter on this dimension or range.
  Scope without(std::string_view name) const;
  std::string key() const;  // equal for equal scopes
};

// The days to compare with.
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

// A request has from 1 to this many queries; reading any other number throws.
inline constexpr std::size_t kMaxQueries = 32;

// Reads "filters" and "time_range" of a request. The result refers to the layer.
Scope read_scope(const Layer& layer, ObjectReader& reader);
std::optional<Compare> read_compare(ObjectReader& reader);
// From query parameters: filters as JSON, first and last day. Empty: not given.
Scope scope_of(const Layer& layer, std::string_view filters_json, std::string_view from,
               std::string_view to);
// Reads the query at `where`.
MetricsQuery read_query(const Layer& layer, const boost::json::value& value,
                        const std::string& where);

}  // namespace gsa::api
