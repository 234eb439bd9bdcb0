#pragma once

// Parses the `expr` of a derived metric: numbers, names of metrics, + - * / and parentheses.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "semantic/layer.h"

namespace gsa::semantic {

// Its steps; `steps_of` returns those of a name. Throws Error without a place if the text is no
// formula.
std::vector<FormulaStep> parse_formula(
    std::string_view text,
    const std::function<std::vector<FormulaStep>(const std::string& name)>& steps_of);

}  // namespace gsa::semantic
