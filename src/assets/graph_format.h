#pragma once

// A graph of assets as text: for people, for programs, and for what draws graphs. Each format is as
// long as there are assets and edges. Assets come in an order in which each is after
// its inputs.

#include <string>
#include <vector>

#include "assets/asset_graph.h"

namespace gsa::assets {

// text     a table in levels: an asset's level is one more than the highest of its inputs; long
//          lists of inputs are cut
// dot      for Graphviz: a cluster a group, an arrow from an input to what is made of it
// json     {"assets": [{"name", "kind", "group", "owner", "description", "tags", "relation",
//          "inputs", "partitions", "state"}, …], "edges": [[from, to], …]}; relation and state are
//          null where there is none
// mermaid  a flowchart, a subgraph a group, as Markdown on GitHub shows it
enum class GraphFormat { text, dot, json, mermaid };

// `states` has a word for each asset of the graph, "fresh" or "stale" say, or "" for none.
std::string format_graph(const Graph& graph, const std::vector<std::string>& states,
                         GraphFormat format);

}  // namespace gsa::assets
