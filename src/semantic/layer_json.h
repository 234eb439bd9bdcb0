#pragma once

// Converts a layer to text and back, for the records.

#include <string>
#include <string_view>

#include "semantic/layer.h"

namespace gsa::semantic {

// JSON of an unbound layer, for from_json(). Equal layers give equal texts.
std::string to_json(const Layer& layer);
// Throws Error if another version of gsa wrote the text.
Layer from_json(std::string_view text);

}  // namespace gsa::semantic
