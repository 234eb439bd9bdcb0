#pragma once

// The currencies of the costs. The YAML says `unit: currency` and "{currency}" where the word comes
// from the data: the column `currency` of the generations. Totals are in the main currency alone.

#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"
#include "semantic/layer.h"

namespace gsa::semantic {

inline constexpr std::string_view kCurrencyUnit = "currency";

// The currencies of the generations of a bound layer, the main one first: an enumeration has them
// in its order, others come by their number. Empty if the data name none.
std::vector<std::string> read_currencies(const Layer& layer, duck::Connection& connection);

// Puts the words into Layer::currencies, and the main one into units and labels.
void name_currencies(Layer& layer, std::vector<std::string> currencies);

}  // namespace gsa::semantic
