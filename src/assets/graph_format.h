#pragma once

// Formats a graph of assets for people, programs and graph viewers. Output size is linear in assets
// and edges. Every asset follows its inputs.

#include <string>
#include <vector>

#include "assets/asset_graph.h"

namespace gsa::assets {

// text     a table in levels: an asset's level is one more than the highest of its inputs; long
//          lists of inputs are cut
// dot      for Graphviz: a cluster per group, an arrow from each input to its dependents
// json     {"assets": [{"name", "kind", "group", "owner", "description", "tags", "relation",
//          "inputs", "partitions", "state"}, …], "edges": [[from, to], …]}; a missing relation or
//          state is null
// mermaid  a flowchart, a subgraph per group, as GitHub renders it in Markdown
enum class GraphFormat { text, dot, json, mermaid };

// `states` has a word for each asset of the graph, such as "fresh" or "stale"; "" for none.
std::string format_graph(const Graph& graph, const std::vector<std::string>& states,
                         GraphFormat format);

}  // namespace gsa::assets
