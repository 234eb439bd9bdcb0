#pragma once

// Edges of bins and lists of numbers as YAML writes them: numbers, and steps {from, to, step}.

#include <string>
#include <vector>

#include "dbt/jinja_names.h"

namespace gsa::semantic {

// In the order written. Each is the nearest double to the decimal that is meant. Throws Error
// without a place where the list is something else.
std::vector<double> read_numbers(const dbt::Value& list);
// The same as texts; other items as they print.
std::vector<std::string> read_values(const dbt::Value& list);

}  // namespace gsa::semantic
