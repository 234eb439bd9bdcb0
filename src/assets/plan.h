#pragma once

// What is stale, and why. A unit is fresh where it was made by the code and from the inputs that
// there are now, and still stands as it was made. Pure: no database.

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assets/asset_graph.h"
#include "assets/state.h"
#include "assets/unit.h"

namespace gsa::assets {

// A data test or another condition on assets.
struct Check {
  std::string name;
  std::string asset;                // it belongs to
  std::vector<std::string> inputs;  // all that it reads, but for ephemeral assets
  std::string kind;                 // "data test", "unit test", "freshness", "row count"
  bool blocks = true;               // its failure keeps the asset from being published
  bool judges_inputs = true;        // and so all that it reads; else only what it guards
  bool always = false;              // asked in every run: its outcome changes with time
  Code code;
  // Assets that are not made before the check has passed.
  std::vector<std::string> guards;
};

// Why `unit` must be made, in words; nothing if it is fresh. `inputs` are the data versions of its
// inputs now.
std::optional<std::string> stale_reason(const Asset& asset, const Unit& unit,
                                        const Versions& inputs, const State& state);

// Whether the check must be asked again.
bool is_due(const Check& check, const Versions& inputs, const State& state);

struct PlanOptions {
  bool full_refresh = false;
  std::set<std::string> refreshed;  // with full_refresh: of partitions only these; empty: all
  // Of a selection: these are made, fresh or not, and no others.
  std::optional<std::set<std::string>> only;
  // Assets that are made together: where one is stale, all are.
  std::vector<std::string> together;
  // Data versions of sources, which nobody here makes.
  Versions sources;
};

struct PlannedUnit {
  Unit unit;
  std::optional<std::string> reason;  // why it will be made; nothing: it is fresh
  // It is fresh itself, and stale only if an input comes out with other content than it has.
  bool depends_on_outcome = false;
  bool is_refreshed = false;  // by --full-refresh: what an earlier run left is not taken over
};

struct Plan {
  std::vector<PlannedUnit> units;  // in the order of the graph, partitions in theirs
  // Assets whose view on their partitions is missing, or shows others than there are now: it is
  // made anew even if no partition is.
  std::set<std::string> joins;
  std::vector<bool> checks_due;  // by number of check; also those of assets that will be made

  // Relations that are published and no longer belong to the graph: those that are dropped, and
  // those that stay in the file, out of the publication.
  std::set<std::string> gone, left;

  bool is_empty() const;  // nothing to make, to join, to check, to drop and to leave
  const PlannedUnit* find(const Unit& unit) const;
  std::set<std::string> stale() const;  // names of assets
};

Plan make_plan(const Graph& graph, const std::vector<Check>& checks, const State& state,
               const PlanOptions& options);

// Whether a relation of an earlier publication still belongs to the graph.
bool belongs(const Graph& graph, const PublishedRelation& relation);

// Whether one that does not is left in place, as dbt leaves the table of a model that is deleted or
// disabled: it may be a history that nothing could make again. A partition of an asset that has
// others now is dropped.
bool is_left_in_place(const Graph& graph, const PublishedRelation& relation);

// Whether tables of a published asset are there with the rows that they were made with.
bool stands_as_made(const Asset& asset, const State& state);

// The data version of a published asset as a whole; nothing where it was never made.
std::optional<std::string> published_version(const Asset& asset, const State& state);

}  // namespace gsa::assets
