#include "api/layer_names.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/api_error.h"
#include "base/text.h"

namespace gsa::api {

bool is_listed(const Layer& layer, const Measure& measure) {
  const auto divides = [&](const Measure& other) {
    return !other.hidden && other.divides_by == measure.name;
  };
  const auto shows = [&](const Chart& chart) {
    return chart.page != "report" && std::find(chart.measures.begin(), chart.measures.end(),
                                               measure.name) != chart.measures.end();
  };
  return !measure.hidden || std::any_of(layer.measures.begin(), layer.measures.end(), divides) ||
         std::any_of(layer.charts.begin(), layer.charts.end(), shows);
}

std::vector<std::string> listed_measures(const Layer& layer) {
  std::vector<std::string> names;
  for (const Measure& measure : layer.measures) {
    if (is_listed(layer, measure)) names.push_back(measure.name);
  }
  return names;
}

const Measure& measure_named(const Layer& layer, std::string_view name) {
  const Measure* found = layer.find_measure(name);
  if (found != nullptr && is_listed(layer, *found)) return *found;
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
