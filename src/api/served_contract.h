#pragma once

// openapi.yaml as served: the names of the project's measures, dimensions and ranges replace
// `x-enum-of`.

#include <string>

#include "api/layer_names.h"

namespace gsa::api {

std::string contract_yaml(const Layer& layer);

}  // namespace gsa::api
