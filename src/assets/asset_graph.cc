#include "assets/asset_graph.h"

#include <algorithm>
#include <queue>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

using Edges = std::vector<std::vector<std::size_t>>;

std::vector<std::string> names_of(const std::vector<Asset>& assets) {
  std::vector<std::string> names;
  names.reserve(assets.size());
  for (const Asset& asset : assets) names.push_back(asset.name);
  return names;
}

// Every node with an unmet input has an input that is unmet itself. Following those inputs must
// return to a node that was visited before, which closes the cycle.
[[noreturn]] void throw_cycle(const std::vector<Asset>& assets, const Edges& inputs,
                              const std::vector<std::size_t>& unmet) {
  std::vector<std::size_t> path;
  auto at = static_cast<std::size_t>(
      std::find_if(unmet.begin(), unmet.end(), [](std::size_t n) { return n > 0; }) -
      unmet.begin());
  while (std::find(path.begin(), path.end(), at) == path.end()) {
    path.push_back(at);
    at = *std::find_if(inputs[at].begin(), inputs[at].end(),
                       [&](std::size_t i) { return unmet[i] > 0; });
  }
  path.erase(path.begin(), std::find(path.begin(), path.end(), at));
  // Start at the first by name, so that a cycle is always reported with the same text.
  std::rotate(path.begin(),
              std::min_element(path.begin(), path.end(),
                               [&](auto a, auto b) { return assets[a].name < assets[b].name; }),
              path.end());
  path.push_back(path.front());
  std::vector<std::string> names;
  for (const std::size_t i : path) names.push_back(assets[i].name);
  throw Error("these assets depend on each other in a circle: " + join(names, " → "));
}

std::vector<std::size_t> order_of(const std::vector<Asset>& assets, const Edges& inputs,
                                  const Edges& outputs) {
  const auto later = [&](std::size_t a, std::size_t b) { return assets[a].name > assets[b].name; };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> ready(later);
  std::vector<std::size_t> unmet(assets.size());
  for (std::size_t i = 0; i < assets.size(); ++i) {
    unmet[i] = inputs[i].size();
    if (unmet[i] == 0) ready.push(i);
  }
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    const std::size_t next = ready.top();
    ready.pop();
    order.push_back(next);
    for (const std::size_t output : outputs[next]) {
      if (--unmet[output] == 0) ready.push(output);
    }
  }
  if (order.size() < assets.size()) throw_cycle(assets, inputs, unmet);
  return order;
}

AssetSet reach(const Edges& edges, const AssetSet& of) {
  AssetSet reached;
  std::vector<std::size_t> frontier(of.begin(), of.end());
  while (!frontier.empty()) {
    const std::size_t from = frontier.back();
    frontier.pop_back();
    for (const std::size_t to : edges[from]) {
      if (reached.insert(to).second) frontier.push_back(to);
    }
  }
  return reached;
}

void keep_each_once(std::vector<std::size_t>& indices) {
  std::sort(indices.begin(), indices.end());
  indices.erase(std::unique(indices.begin(), indices.end()), indices.end());
}

}  // namespace

std::string_view name_of(AssetKind kind) {
  switch (kind) {
    case AssetKind::source:
      return "source";
    case AssetKind::table:
      return "table";
    case AssetKind::incremental:
      return "incremental";
    case AssetKind::view:
      return "view";
    case AssetKind::ephemeral:
      return "ephemeral";
    case AssetKind::file:
      return "file";
  }
  return "";
}

Graph::Graph(std::vector<Asset> assets) : assets_(std::move(assets)) {
  for (std::size_t i = 0; i < assets_.size(); ++i) {
    if (!by_name_.emplace(assets_[i].name, i).second) {
      throw Error(fmt::format("two assets are named '{}'", assets_[i].name));
    }
  }
  inputs_.resize(size());
  outputs_.resize(size());
  made_inputs_.resize(size());
  for (std::size_t i = 0; i < size(); ++i) {
    for (const std::string& name : assets_[i].inputs) {
      const auto found = find(name);
      if (!found) {
        throw Error(fmt::format("the asset '{}' is made of '{}', which there is not",
                                assets_[i].name, name),
                    did_you_mean(name, names_of(assets_)));
      }
      inputs_[i].push_back(*found);
    }
    keep_each_once(inputs_[i]);
    for (const std::size_t input : inputs_[i]) outputs_[input].push_back(i);
  }
  order_ = order_of(assets_, inputs_, outputs_);
  for (const std::size_t i : order_) {
    for (const std::size_t input : inputs_[i]) {
      if (assets_[input].kind == AssetKind::ephemeral) {
        const std::vector<std::size_t>& through = made_inputs_[input];
        made_inputs_[i].insert(made_inputs_[i].end(), through.begin(), through.end());
      } else {
        made_inputs_[i].push_back(input);
      }
    }
    keep_each_once(made_inputs_[i]);
  }
}

std::optional<std::size_t> Graph::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? std::nullopt : std::optional(found->second);
}

std::size_t Graph::at(std::string_view name) const {
  if (const auto found = find(name)) return *found;
  throw Error(fmt::format("there is no asset '{}'", name), did_you_mean(name, names_of(assets_)),
              ErrorCode::usage);
}

AssetSet Graph::ancestors(const AssetSet& of) const { return reach(inputs_, of); }
AssetSet Graph::descendants(const AssetSet& of) const { return reach(outputs_, of); }

}  // namespace gsa::assets
