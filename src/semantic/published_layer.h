#pragma once

// The layer of the project that made the published warehouse, in ops.semantic_layer.

#include <optional>
#include <string>

#include "duck/database.h"
#include "semantic/layer.h"

namespace gsa::semantic {

// SQL that puts it on record within the transaction of a publication; of a project without one it
// takes away what is there.
std::string publish_sql(const std::optional<Layer>& layer);

// Its text; empty where there is none, as an older gsa or another project leaves it.
std::string published_text(duck::Connection& connection);

}  // namespace gsa::semantic
