#pragma once

// What a run has made so far: the versions that inputs have now, and the names under which
// relations are made and read. A relation has its hidden name from the moment the run begins to
// make it. Threads may share it.

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "assets/asset_graph.h"
#include "assets/plan.h"
#include "assets/state.h"
#include "assets/unit.h"

namespace gsa::assets {

class RunState {
 public:
  // All must outlive it. `sources` are the data versions of what nobody here makes.
  RunState(const Graph& graph, const State& published, const Versions& sources);

  // The name under which a relation is to be made or read now.
  std::string current_name(const std::string& schema, const std::string& name) const;
  // The same of a unit, as SQL writes it.
  std::string current_relation(const Unit& unit) const;
  // From now on the hidden name is the current one.
  void hide(const std::string& schema, const std::string& name);

  void add(const Materialization& made);
  // The partitions of the asset are read as one from now on.
  void add_whole(const std::string& asset, const std::string& version);

  // How this run made the unit; nothing if it did not.
  std::optional<Materialization> made(const Unit& unit) const;
  // The largest table that is published or that this run made.
  std::int64_t most_rows() const;

  // The data version of a unit now; "" if there is none. An empty partition: the whole asset.
  std::string version(const std::string& asset, const std::string& partition) const;
  // Of the inputs that a unit would be made of now.
  Versions inputs(const Asset& asset, const std::string& partition) const;
  // Whether the asset now has other content than is published.
  bool is_changed(const Asset& asset) const;
  // Whether a partition that this run made holds what the published one does, so that its table can
  // be left alone. One that was refreshed on purpose replaces the old one in any case.
  bool came_out_as_published(const PlannedUnit& planned) const;

 private:
  const Graph& graph_;
  const State& published_;
  const Versions& sources_;

  mutable std::mutex mutex_;  // of what follows
  std::map<Unit, Materialization> made_;
  std::map<Unit, std::string> versions_;  // of what this run made; of partitions, and of the whole
  std::set<std::pair<std::string, std::string>> hidden_;  // schema, name
};

}  // namespace gsa::assets
