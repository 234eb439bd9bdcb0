#pragma once

// The currency of the costs. The YAML says `unit: currency` and "{currency}" where the word comes
// from the data: the column `currency` of the generations.

#include <string>
#include <string_view>

#include "duck/database.h"
#include "semantic/layer.h"

namespace gsa::semantic {

inline constexpr std::string_view kCurrencyUnit = "currency";

// The currency of most generations of a bound layer; of several as frequent, the first by name.
// Empty if the data name none.
std::string read_currency(const Layer& layer, duck::Connection& connection);

// Puts the word into units, into labels and into Layer::currency.
void name_currency(Layer& layer, std::string_view currency);

}  // namespace gsa::semantic
