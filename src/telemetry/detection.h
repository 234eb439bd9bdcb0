#pragma once

// Finds which columns of a source are which signals: by the export that it is, or by the names of
// its columns and what their values look like. Nothing is guessed in silence: each choice has its
// reason, and what could be two things is refused or said.

#include <optional>
#include <string>
#include <vector>

#include "telemetry/column_profile.h"
#include "telemetry/mapping.h"

namespace gsa::telemetry {

struct Detection {
  Mapping mapping;
  bool is_export = false;            // of a known product
  std::string not_events;            // the export's reason why it has no events; else empty
  std::vector<std::string> unclear;  // what the user must say: "the unit of 'took': …"
};

// A path without its quotes, so that attributes."llm.model_name" and attributes.llm.model_name are
// alike.
std::string unquoted(std::string_view path);

// Never throws for odd data; what is missing is not in the mapping.
Detection detect(const std::vector<ColumnProfile>& columns);

// Whether the mapping has what a run on observed telemetry needs: a time, a user (unless it is of a
// known export), and at least one of status, latency, cost, feedback and downloads. Otherwise what
// is missing: "a user and a time".
std::string missing_for_telemetry(const Mapping& mapping, bool is_export);
// The same as signals; a status stands for all that tells how a generation ended.
std::vector<Signal> lacking_for_telemetry(const Mapping& mapping, bool is_export);

// The unit of a latency by its values: seconds, milliseconds … Null if it could be several. The
// rule: the median of image generation is between half a second and ten minutes, so a median below
// 60 counts seconds, one from 500 milliseconds, from 500,000 microseconds, and from 500 million
// nanoseconds.
std::optional<std::string> unit_by_values(double median);

// The scale of ratings by their least and greatest values: [-1, 1], [0, 1], [1, 5], [0, 5],
// [1, 10], [0, 10] or [0, 100], the first that has both; null if none has.
std::optional<std::pair<double, double>> scale_by_values(double low, double high, bool is_whole);

}  // namespace gsa::telemetry
