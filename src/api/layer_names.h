#pragma once

// Looks up the names of the semantic layer for the API.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "semantic/layer.h"

namespace gsa::api {

using semantic::Base;
using semantic::Chart;
using semantic::Dimension;
using semantic::DimensionKind;
using semantic::DimensionType;
using semantic::IntervalKind;
using semantic::Layer;
using semantic::Level;
using semantic::Measure;
using semantic::Range;

// Whether the API knows the measure: pages offer it, or it is hidden, and charts show it or ratios
// divide by it.
bool is_listed(const Layer& layer, const Measure& measure);
std::vector<std::string> listed_measures(const Layer& layer);

// Throw ApiError with the nearest name as the hint. They find only listed measures.
const Measure& measure_named(const Layer& layer, std::string_view name);
const Dimension& dimension_named(const Layer& layer, std::string_view name);
const Range& range_named(const Layer& layer, std::string_view name);
// Throws ApiError (404) if the project has no saved query of this name.
const Chart& chart_named(const Layer& layer, std::string_view name);
// The measures and dimensions of a chart; ranges are not included.
std::vector<const Measure*> measures_of(const Layer& layer, const Chart& chart);
std::vector<const Dimension*> dimensions_of(const Layer& layer, const Chart& chart);

// The name of an element, for JsonWriter::list().
inline constexpr auto kNameOf = [](const auto* element) -> const std::string& {
  return element->name;
};

// Segments with fewer sessions are not ranked.
inline constexpr std::int64_t kMinSessions = 30;

}  // namespace gsa::api
