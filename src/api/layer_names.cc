#include "api/layer_names.h"

#include <fmt/format.h>

#include "api/api_error.h"
#include "base/text.h"

namespace gsa::api {

const Measure& measure_named(const Layer& layer, std::string_view name) {
  const Measure* found = layer.find_measure(name);
  if (found != nullptr && !found->hidden) return *found;
  throw bad_request(fmt::format("there is no measure '{}'", name),
                    did_you_mean(name, layer.measure_names()));
}

const Dimension& dimension_named(const Layer& layer, std::string_view name) {
  if (const Dimension* found = layer.find_dimension(name)) return *found;
  throw bad_request(fmt::format("there is no dimension '{}'", name),
                    did_you_mean(name, layer.dimension_names()));
}

const Range& range_named(const Layer& layer, std::string_view name) {
  if (const Range* found = layer.find_range(name)) return *found;
  throw bad_request(fmt::format("there is no range '{}'", name),
                    did_you_mean(name, layer.range_names()));
}

const Chart& chart_named(const Layer& layer, std::string_view name) {
  if (const Chart* found = layer.find_chart(name)) return *found;
  throw not_found(fmt::format("the project that made this warehouse has no saved query '{}'", name),
                  fmt::format("add it to its saved_queries:, as models/semantic of the built-in "
                              "project has it"));
}

std::vector<const Measure*> measures_of(const Layer& layer, const Chart& chart) {
  std::vector<const Measure*> measures;
  for (const std::string& name : chart.measures) measures.push_back(layer.find_measure(name));
  return measures;
}

std::vector<const Dimension*> dimensions_of(const Layer& layer, const Chart& chart) {
  std::vector<const Dimension*> dimensions;
  for (const std::string& name : chart.dimensions) {
    if (const Dimension* found = layer.find_dimension(name)) dimensions.push_back(found);
  }
  return dimensions;
}

}  // namespace gsa::api
