#pragma once

// Bins that fit the data: a session costs a tenth of a credit, a hundredth of a dollar or ten yen.

#include "duck/database.h"
#include "semantic/layer.h"

namespace gsa::semantic {

// Multiplies the edges of ranges that fit (meta.bins.fits) by the power of ten that brings them to
// the size of the 95th percentile, unless they are within ten times of it already. The layer must
// be bound.
void fit_bins(Layer& layer, duck::Connection& connection);

}  // namespace gsa::semantic
