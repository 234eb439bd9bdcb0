#pragma once

// The recorded layer of the published warehouse, in ops.semantic_layer.

#include <optional>
#include <string>

#include "duck/database.h"
#include "semantic/layer.h"

namespace gsa::semantic {

// SQL that records the layer within the transaction of a publication. Without a layer, removes the
// recorded one.
std::string publish_sql(const std::optional<Layer>& layer);

// Its text; empty if none is on record, as after an older gsa or a project without one.
std::string published_text(duck::Connection& connection);

}  // namespace gsa::semantic
