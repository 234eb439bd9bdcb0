#pragma once

// Reads bin edges and lists of numbers from YAML: numbers, and steps {from, to, step}.

#include <string>
#include <vector>

#include "dbt/jinja_names.h"

namespace gsa::semantic {

// In the written order. Each is the double nearest to the intended decimal. Throws Error without a
// place if the list has anything else.
std::vector<double> read_numbers(const dbt::Value& list);
// The same as texts; other items as printed.
std::vector<std::string> read_values(const dbt::Value& list);

}  // namespace gsa::semantic
