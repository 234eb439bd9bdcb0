#pragma once

// The state of a run in progress: the current data versions of inputs, and the names under which to
// build and read relations. A relation has its hidden name from the moment the run begins to build
// it. Any thread may call any function.

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "assets/asset_graph.h"
#include "assets/keyed_change.h"
#include "assets/plan.h"
#include "assets/state.h"
#include "assets/unit.h"

namespace gsa::assets {

class RunState {
 public:
  // All arguments must outlive it. `sources` are the data versions of sources, which gsa does not
  // build.
  RunState(const Graph& graph, const State& published, const Versions& sources);

  const State& published() const { return published_; }

  // The name under which to build or read a relation now.
  std::string current_name(const std::string& schema, const std::string& name) const;
  // The same for a unit, quoted for SQL.
  std::string current_relation(const Unit& unit) const;
  // Makes the hidden name the current one.
  void hide(const std::string& schema, const std::string& name);

  void add(const Materialization& made);
  // The asset is made anew for some values only.
  void add_change(const std::string& asset, const KeyedChange& change);
  std::optional<KeyedChange> change_of(const std::string& asset) const;
  // Sets the data version of an asset whose partitions are united by a view.
  void add_whole(const std::string& asset, const std::string& version);

  // How this run built the unit; nullopt if it did not.
  std::optional<Materialization> made(const Unit& unit) const;
  // Rows of the largest table, among those published and those that this run built.
  std::int64_t most_rows() const;

  // The current data version of a unit; "" if there is none. Empty partition: the whole asset.
  std::string version(const std::string& asset, const std::string& partition) const;
  // The current versions of the inputs of a unit.
  Versions inputs(const Asset& asset, const std::string& partition) const;
  // Whether the asset's current content differs from the published one.
  bool is_changed(const Asset& asset) const;
  // Whether a partition that this run built has the content of the published one, so that the
  // published table can stay. Always false for one refreshed on purpose: it replaces the old one.
  bool came_out_as_published(const PlannedUnit& planned) const;

 private:
  const Graph& graph_;
  const State& published_;
  const Versions& sources_;

  mutable std::mutex mutex_;  // guards the members below
  std::map<Unit, Materialization> made_;
  std::map<Unit, std::string> versions_;  // of partitions and whole assets that this run built
  std::set<std::pair<std::string, std::string>> hidden_;  // schema, name
  std::map<std::string, KeyedChange> changes_;            // by asset
};

}  // namespace gsa::assets
