#pragma once

// A layer as text, as it stands on record.

#include <string>
#include <string_view>

#include "semantic/layer.h"

namespace gsa::semantic {

// JSON of a layer that is not bound, for from_json(). Equal layers have equal texts.
std::string to_json(const Layer& layer);
// Throws Error where it is of another version of gsa.
Layer from_json(std::string_view text);

}  // namespace gsa::semantic
