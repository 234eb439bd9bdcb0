#include "assets/held_back.h"

#include <algorithm>

namespace gsa::assets {

AssetSet held_back(const Graph& graph, const RunOutcome& outcome,
                   const std::function<bool(std::size_t)>& is_changed,
                   const std::function<bool(std::size_t)>& is_published) {
  AssetSet held = outcome.not_made;
  const AssetSet& made = outcome.made;
  for (const std::size_t asset : outcome.judged) {
    if (made.contains(asset)) held.insert(asset);
  }
  for (std::size_t before = held.size() + 1; before != held.size();) {
    before = held.size();
    for (const std::size_t asset : made) {
      const std::vector<std::size_t>& inputs = graph.made_inputs(asset);
      if (std::any_of(inputs.begin(), inputs.end(),
                      [&](std::size_t input) { return held.contains(input); })) {
        held.insert(asset);
      }
    }
    for (const std::size_t asset : AssetSet(held)) {
      if (!is_published(asset)) continue;
      for (const std::size_t input : graph.made_inputs(asset)) {
        if (made.contains(input) && is_changed(input)) held.insert(input);
      }
    }
  }
  return held;
}

}  // namespace gsa::assets
