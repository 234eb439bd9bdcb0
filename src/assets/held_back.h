#pragma once

// Decides which assets of a run must not become visible. Pure: no database.

#include <cstddef>
#include <functional>
#include <set>

#include "assets/asset_graph.h"

namespace gsa::assets {

// How the steps of a run ended, by index of asset.
struct RunOutcome {
  AssetSet made;      // at least partly
  AssetSet not_made;  // failed, or skipped because of another failure
  AssetSet judged;    // inputs of failed blocking checks that judge their inputs
};

// The assets that must stay as published:
//   - those that failed or were skipped;
//   - those that this run built and a failed check judges;
//   - those built from one that is held back;
//   - the changed inputs of a published one that is held back. Otherwise readers would see it
//     beside inputs that it was not built from.
// `is_changed` tells whether an asset's new content differs from the published one, and
// `is_published` whether it is published at all.
AssetSet held_back(const Graph& graph, const RunOutcome& outcome,
                   const std::function<bool(std::size_t)>& is_changed,
                   const std::function<bool(std::size_t)>& is_published);

}  // namespace gsa::assets
