#pragma once

// What of a run must not become visible. Pure: no database.

#include <cstddef>
#include <functional>
#include <set>

#include "assets/asset_graph.h"

namespace gsa::assets {

// How the steps of a run ended, by number of asset.
struct RunOutcome {
  AssetSet made;      // at least in part
  AssetSet not_made;  // failed, or skipped because of another failure
  AssetSet judged;    // inputs of a blocking check that failed, if it judges its inputs
};

// The assets that must stay as they are published:
//   - those that were not made;
//   - those that a failed check judges, if this run made them;
//   - those that were made of one that is held back;
//   - the changed inputs of one that is held back and published. Otherwise it would stand beside
//     other inputs than it was made of.
// `is_changed` tells whether an asset came out with other content than is published, and
// `is_published` whether it is published at all.
AssetSet held_back(const Graph& graph, const RunOutcome& outcome,
                   const std::function<bool(std::size_t)>& is_changed,
                   const std::function<bool(std::size_t)>& is_published);

}  // namespace gsa::assets
