#pragma once

// Finds out for which values of its key an asset must be made anew (keyed_change.h).

#include <optional>

#include "assets/asset_graph.h"
#include "assets/keyed_change.h"
#include "assets/row_sums.h"
#include "assets/run_state.h"
#include "assets/state.h"
#include "duck/database.h"

namespace gsa::assets {

// Creates the table change.values() of the values whose rows changed in the asset's inputs. Nullopt
// if the asset must be made whole: it has no key, its code changed, its table is not as it was
// made, a changed input does not say for which values it changed, or they have most of the rows.
std::optional<KeyedChange> begin_change(const Graph& graph, const State& published,
                                        const RunState& run, const Asset& asset,
                                        duck::Connection& connection);

// Creates the hidden view, once change.values() and change.rows() exist. Returns the sum of its
// rows; `before` is how the published table was made.
RowSum show_change(duck::Connection& connection, const KeyedChange& change,
                   const Materialization& before);

}  // namespace gsa::assets
