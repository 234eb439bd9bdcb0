#pragma once

// raw_prompts, raw_users and raw_generations as assets: what they depend on, and making them.
// Simulated, prompts and generations have a partition a month; observed, the three are read from
// the source at once.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assets/asset_graph.h"
#include "assets/publication.h"
#include "assets/row_sums.h"
#include "assets/run_state.h"
#include "assets/state.h"
#include "assets/unit_maker.h"
#include "duck/database.h"
#include "pipeline/raw_tables.h"
#include "prompts/ingest.h"
#include "prompts/resolve.h"

namespace gsa::pipeline {

class RunLog;

bool is_raw_table(std::string_view name);

// Who typed the prompts and when: made up, or as the source says.
enum class Behavior { simulated, observed };
std::string_view name_of(Behavior behavior);

struct RawOptions {
  std::vector<std::string> sources = {"auto"};
  std::int64_t prompts = 10000;  // a month; observed: requests
  Behavior behavior = Behavior::simulated;
  SimulationOptions simulation;  // observed: only the seed counts
};

class RawAssets {
 public:
  // `relation` gives the current name of a unit, as SQL writes it. All must outlive this.
  RawAssets(const RawOptions& options, const prompts::ResolvedSources& sources,
            const duck::Database& database);

  // The assets for these options; their code changes with what the options change.
  std::vector<assets::Asset> assets() const;
  // Assets that are made together.
  std::vector<std::string> together() const;
  // What the size of the tables depends on, but for chance.
  std::string baseline() const;

  const duck::Connection& connection() const { return connection_; }
  // That on which the tables are made, where it is not the lane's: what was observed stands in
  // temporary tables, which belong to one connection. Null where it is.
  const duck::Connection* own_connection() const {
    return options_.behavior == Behavior::observed ? &connection_ : nullptr;
  }

  // Call it once before make(), where something will be made.
  void prepare();
  // Under the run's names. Threads may make simulated months side by side; observed tables are
  // made one after the other, raw_prompts first.
  assets::Made make(const assets::Unit& unit, duck::Connection& connection,
                    const assets::RunState& state, assets::RowSums& sums, RunLog& log);

 private:
  assets::Made make_prompts(const assets::Unit& unit, duck::Connection& connection,
                            const std::string& table, assets::RowSums& sums, RunLog& log);
  assets::Made make_observed(const std::string& table, const assets::RunState& state);

  const RawOptions& options_;
  const prompts::ResolvedSources& sources_;
  duck::Connection connection_;                  // see own_connection()
  prompts::SourceFiles source_files_;            // as they were when the run was planned
  std::string files_;                            // their fingerprint
  std::unique_ptr<prompts::Observed> observed_;  // by raw_prompts, for the other two
};

// The raw tables as they are published, for commands that do not make them.
std::vector<assets::Asset> published_raw_assets(const assets::State& state);
// Their sources, as they were typed for the run that made them; `auto` as what it chose. None if
// they were made by a gsa that did not record them.
std::vector<std::string> published_sources(const assets::State& state);
// Whether they were made by other code than this gsa's, and may lack what its models read.
bool are_of_another_gsa(const std::vector<assets::Asset>& published);

// As a run without options would make them.
std::vector<assets::Asset> default_raw_assets();

// Months that are published, ascending; none of observed or of no raw tables.
std::vector<sim::Period> published_months(const assets::State& state);
// Whether raw tables of these assets may stand beside those that are published: made of the same
// source, seed, users and so on.
bool fits_published(const std::vector<assets::Asset>& raw, const assets::State& state);

// What the raw tables are made of, as `of` says of each unit: counts and findings added up.
void describe_raw_tables(const std::vector<assets::Materialization>& of,
                         assets::Provenance& provenance);

}  // namespace gsa::pipeline
