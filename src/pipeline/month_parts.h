#pragma once

// The months of a model that is made month by month.

#include <string>
#include <vector>

namespace gsa::pipeline {

// Every month from the first to the last of `months`, which are names such as "2025-12" in any
// order: a model may have rows for days on which nothing happened.
std::vector<std::string> months_between(const std::vector<std::string>& months);

// The SQL condition for the rows of `month`, one of `months`, by a date or timestamp. The first
// month also takes what lies before it or has no date, and the last what lies behind it: so the
// parts are the whole, whatever the dates.
std::string condition_of(const std::string& field, const std::string& month,
                         const std::vector<std::string>& months);

}  // namespace gsa::pipeline
