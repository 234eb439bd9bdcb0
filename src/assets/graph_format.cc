#include "assets/graph_format.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "base/table.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

using States = std::vector<std::string>;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20; }

// "view, stale"
std::string kind_and_state(const Graph& graph, const States& states, std::size_t asset) {
  const std::string kind(name_of(graph[asset].kind));
  return states[asset].empty() ? kind : kind + ", " + states[asset];
}

// The assets of each group, in the graph's order; those without a group under "".
std::map<std::string, std::vector<std::size_t>> by_group(const Graph& graph) {
  std::map<std::string, std::vector<std::size_t>> groups;
  for (const std::size_t asset : graph.order()) groups[graph[asset].group].push_back(asset);
  return groups;
}

std::vector<std::string> input_names(const Graph& graph, std::size_t asset) {
  std::vector<std::string> names;
  for (const std::size_t input : graph.inputs(asset)) names.push_back(graph[input].name);
  std::sort(names.begin(), names.end());
  return names;
}

// --- text ---

// "a, b, c and 12 more"
std::string short_list(std::vector<std::string> names) {
  constexpr std::size_t kShown = 3;
  constexpr std::size_t kWorthCutting = 5;  // "and 1 more" takes the place of the one
  const std::size_t count = names.size();
  if (count < kWorthCutting) return join(names, ", ");
  names.resize(kShown);
  return fmt::format("{} and {} more", join(names, ", "),
                     with_thousands(static_cast<std::int64_t>(count - kShown)));
}

std::string as_text(const Graph& graph, const States& states) {
  std::vector<std::size_t> level(graph.size()), sorted = graph.order();
  for (const std::size_t asset : graph.order()) {
    for (const std::size_t input : graph.inputs(asset)) {
      level[asset] = std::max(level[asset], level[input] + 1);
    }
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](std::size_t a, std::size_t b) { return level[a] < level[b]; });
  const bool stated = std::ranges::any_of(states, [](const auto& state) { return !state.empty(); });
  std::vector<TableColumn> columns = {
      {"level", true}, {"asset", false}, {"kind", false}, {"group", false}, {"made of", false}};
  if (stated) columns.insert(columns.end() - 1, {"state", false});
  std::vector<TableWriter::Row> rows;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const std::size_t asset = sorted[i];
    const bool begins = i == 0 || level[sorted[i - 1]] != level[asset];
    TableWriter::Row row = {begins ? std::to_string(level[asset]) : "", graph[asset].name,
                            std::string(name_of(graph[asset].kind)), graph[asset].group};
    if (stated) row.emplace_back(states[asset]);
    row.emplace_back(short_list(input_names(graph, asset)));
    rows.push_back(std::move(row));
  }
  return format_table(columns, rows) + fmt::format("{} {}\n", with_thousands(std::ssize(rows)),
                                                   rows.size() == 1 ? "asset" : "assets");
}

// --- dot ---

// A double-quoted ID. Backslashes are doubled, because Graphviz reads them as escapes in labels.
std::string dot_quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += is_control(c) ? ' ' : c;
    }
  }
  return out + "\"";
}

std::string as_dot(const Graph& graph, const States& states) {
  std::string out =
      "digraph assets {\n  rankdir=LR;\n  node [shape=box, fontname=\"Helvetica\"];\n";
  for (const auto& [group, assets] : by_group(graph)) {
    const std::string indent = group.empty() ? "  " : "    ";
    if (!group.empty()) {
      out += fmt::format("  subgraph {} {{\n    label={};\n", dot_quote("cluster_" + group),
                         dot_quote(group));
    }
    for (const std::size_t asset : assets) {
      const std::string& name = graph[asset].name;
      out += fmt::format("{}{} [label={}];\n", indent, dot_quote(name),
                         dot_quote(name + "\n" + kind_and_state(graph, states, asset)));
    }
    if (!group.empty()) out += "  }\n";
  }
  for (const std::size_t asset : graph.order()) {
    for (const std::string& input : input_names(graph, asset)) {
      out += fmt::format("  {} -> {};\n", dot_quote(input), dot_quote(graph[asset].name));
    }
  }
  return out + "}\n";
}

// --- json ---

std::string json_quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (is_control(c)) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string json_or_null(const std::string& text) {
  return text.empty() ? "null" : json_quote(text);
}

std::string json_list(std::vector<std::string> texts) {
  for (std::string& text : texts) text = json_quote(text);
  return "[" + join(texts, ", ") + "]";
}

std::string relation_of(const Asset& asset) {
  return asset.schema.empty() ? asset.relation : asset.schema + "." + asset.relation;
}

std::string as_json(const Graph& graph, const States& states) {
  std::vector<std::string> assets, edges;
  for (const std::size_t i : graph.order()) {
    const Asset& asset = graph[i];
    const std::vector<std::string> inputs = input_names(graph, i);
    assets.push_back(fmt::format(
        R"({{"name": {}, "kind": {}, "group": {}, "owner": {}, "description": {}, "tags": {}, )"
        R"("relation": {}, "inputs": {}, "partitions": {}, "state": {}}})",
        json_quote(asset.name), json_quote(name_of(asset.kind)), json_quote(asset.group),
        json_quote(asset.owner), json_quote(asset.description), json_list(asset.tags),
        json_or_null(relation_of(asset)), json_list(inputs), json_list(asset.partitions),
        json_or_null(states[i])));
    for (const std::string& input : inputs) edges.push_back(json_list({input, asset.name}));
  }
  const auto lines = [](const std::vector<std::string>& items) {
    return items.empty() ? "[]" : "[\n    " + join(items, ",\n    ") + "\n  ]";
  };
  return fmt::format("{{\n  \"assets\": {},\n  \"edges\": {}\n}}\n", lines(assets), lines(edges));
}

// --- mermaid ---

// A quoted label. Characters special to Markdown, HTML or Mermaid become #NUMBER;.
std::string mermaid_quote(std::string_view text) {
  constexpr std::string_view kSpecial = "\"#&<>`\\";
  std::string out = "\"";
  for (const char c : text) {
    if (kSpecial.find(c) != std::string_view::npos) {
      out += fmt::format("#{};", static_cast<int>(c));
    } else {
      out += is_control(c) ? ' ' : c;
    }
  }
  return out + "\"";
}

// A unique id of letters, digits and _ that is no keyword of Mermaid.
std::string new_id(std::string_view prefix, std::string_view name, std::set<std::string>& taken) {
  std::string id(prefix);
  for (const char c : name) id += is_alphanumeric(c) ? c : '_';
  const std::string base = id;
  for (std::size_t n = 2; !taken.insert(id).second; ++n) id = fmt::format("{}_{}", base, n);
  return id;
}

std::string as_mermaid(const Graph& graph, const States& states) {
  std::set<std::string> taken;
  std::vector<std::string> ids(graph.size());
  for (const std::size_t asset : graph.order()) {
    ids[asset] = new_id("a_", graph[asset].name, taken);
  }
  std::string out = "flowchart LR\n";
  for (const auto& [group, assets] : by_group(graph)) {
    const std::string indent = group.empty() ? "  " : "    ";
    if (!group.empty()) {
      out += fmt::format("  subgraph {}[{}]\n", new_id("g_", group, taken), mermaid_quote(group));
    }
    for (const std::size_t asset : assets) {
      std::string label = mermaid_quote(graph[asset].name);
      label.insert(label.size() - 1, "<br/>" + kind_and_state(graph, states, asset));
      out += fmt::format("{}{}[{}]\n", indent, ids[asset], label);
    }
    if (!group.empty()) out += "  end\n";
  }
  for (const std::size_t asset : graph.order()) {
    for (const std::size_t input : graph.inputs(asset)) {
      out += fmt::format("  {} --> {}\n", ids[input], ids[asset]);
    }
  }
  return out;
}

}  // namespace

std::string format_graph(const Graph& graph, const std::vector<std::string>& states,
                         GraphFormat format) {
  check(states.size() == graph.size(), "each asset has a state");
  switch (format) {
    case GraphFormat::text:
      return as_text(graph, states);
    case GraphFormat::dot:
      return as_dot(graph, states);
    case GraphFormat::json:
      return as_json(graph, states);
    case GraphFormat::mermaid:
      return as_mermaid(graph, states);
  }
  return "";
}

}  // namespace gsa::assets
