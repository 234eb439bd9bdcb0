#pragma once

// The months of a model that is built by month.

#include <string>
#include <vector>

namespace gsa::pipeline {

// Every month from the first to the last of `months`, which are names such as "2025-12" in any
// order. Includes the gaps: a model may have rows for days without events.
std::vector<std::string> months_between(const std::vector<std::string>& months);

// The SQL condition on a date or timestamp for the rows of `month`, one of `months`. The first
// month also takes earlier and null dates, and the last one later dates, so that the parts add up
// to the whole for any dates.
std::string condition_of(const std::string& field, const std::string& month,
                         const std::vector<std::string>& months);

}  // namespace gsa::pipeline
