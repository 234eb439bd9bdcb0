#pragma once

// Decides what is stale, and why. A unit is fresh if it was built from the current code and the
// current inputs, and its table or view is still as it was built. Pure: no database.

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
  std::string asset;                // that it belongs to
  std::vector<std::string> inputs;  // everything it reads, except ephemeral assets
  std::string kind;                 // "data test", "unit test", "freshness", "row count"
  bool blocks = true;               // if it fails, the asset is not published
  // If it fails, what it reads is not published either; false: only the assets that it guards.
  bool judges_inputs = true;
  bool always = false;  // runs every time: its outcome changes with time
  Code code;
  // Assets that are built only after the check has passed.
  std::vector<std::string> guards;
};

// Why `unit` is stale, in words; nullopt if it is fresh. `inputs` are the current data versions of
// its inputs.
std::optional<std::string> stale_reason(const Asset& asset, const Unit& unit,
                                        const Versions& inputs, const State& state);

// Whether the check must run again.
bool is_due(const Check& check, const Versions& inputs, const State& state);

struct PlanOptions {
  bool full_refresh = false;
  std::set<std::string> refreshed;  // with full_refresh: only these partitions; empty: all
  // If set, builds exactly these assets, stale or fresh.
  std::optional<std::set<std::string>> only;
  // Assets that are built together: if one is stale, all are.
  std::vector<std::string> together;
  // Data versions of sources, which gsa does not build.
  Versions sources;
};

struct PlannedUnit {
  Unit unit;
  std::optional<std::string> reason;  // why it will be built; nullopt: it is fresh
  // The unit itself is fresh: it becomes stale only if the content of an input changes.
  bool depends_on_outcome = false;
  bool is_refreshed = false;  // by --full-refresh: does not reuse leftovers of an earlier run
};

struct Plan {
  std::vector<PlannedUnit> units;  // in the graph's order; partitions in the asset's
  // Assets whose view over the partitions is missing or outdated: it is rebuilt even if no
  // partition is.
  std::set<std::string> joins;
  std::vector<bool> checks_due;  // by index of check; includes those of assets that will be built

  // Published relations that no longer belong to the graph: `gone` are dropped; `left` leave the
  // publication and stay in the file.
  std::set<std::string> gone, left;

  bool is_empty() const;  // nothing to build, join, check, drop or leave
  const PlannedUnit* find(const Unit& unit) const;
  std::set<std::string> stale() const;  // names of assets
};

Plan make_plan(const Graph& graph, const std::vector<Check>& checks, const State& state,
               const PlanOptions& options);

// Whether a relation of an earlier publication still belongs to the graph.
bool belongs(const Graph& graph, const PublishedRelation& relation);

// Whether a relation outside the graph stays in the file, as dbt keeps the table of a deleted or
// disabled model: it may hold history that nothing can rebuild. A partition that its asset no
// longer has is dropped.
bool is_left_in_place(const Graph& graph, const PublishedRelation& relation);

// Whether the tables of a published asset exist and have the rows they were built with.
bool stands_as_made(const Asset& asset, const State& state);

// The data version of a published asset as a whole; nullopt if it was never built.
std::optional<std::string> published_version(const Asset& asset, const State& state);

}  // namespace gsa::assets
