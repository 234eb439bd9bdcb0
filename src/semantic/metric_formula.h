#pragma once

// The `expr` of a derived metric: numbers, names of metrics, + - * / and parentheses.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "semantic/layer.h"

namespace gsa::semantic {

// Its steps; `steps_of` gives those of a name. Throws Error without a place for what is no formula.
std::vector<FormulaStep> parse_formula(
    std::string_view text,
    const std::function<std::vector<FormulaStep>(const std::string& name)>& steps_of);

}  // namespace gsa::semantic
