#pragma once

// raw_prompts, raw_users and raw_generations as assets: their inputs and code, and how to build
// them. When simulated, prompts and generations are partitioned by month; when observed, all three
// are read from the source at once.

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
#include "base/forgotten_users.h"
#include "duck/database.h"
#include "pipeline/event_assets.h"
#include "pipeline/event_options.h"
#include "pipeline/raw_maker.h"
#include "pipeline/raw_tables.h"
#include "pipeline/run_options.h"
#include "prompts/ingest.h"
#include "prompts/resolve.h"

namespace gsa::pipeline {

class RunLog;

bool is_raw_table(std::string_view name);
// The asset of a raw table without its code, inputs and partitions.
assets::Asset raw_asset(std::string_view table);

// Origin of users and times: simulated; observed in prompts that have users and times
// (prompts/observed.h); or the events of a product's telemetry, which are observed as well.
// `automatic`: events if the source has them, else simulated.
enum class Behavior { automatic, simulated, observed, events };
std::string_view name_of(Behavior behavior);  // "auto", "simulated", "observed"

struct RawOptions {
  std::vector<std::string> sources = {"auto"};
  std::int64_t prompts = 10000;  // per month; if observed, the number of requests
  bool prompts_given = false;    // without it, all events are taken
  Behavior behavior = Behavior::automatic;
  EventOptions events = {};
  SimulationOptions simulation;  // if observed, only the seed is used
};

// Builds the raw tables. The owner calls prepare() once before workers call make().
class RawAssets : public RawMaker {
 public:
  // All arguments must outlive it. Throws Error if the files of the source cannot be listed.
  RawAssets(const RawOptions& options, const prompts::ResolvedSources& sources,
            const duck::Database& database);

  // What was asked for, or found; never `automatic`.
  Behavior behavior() const { return behavior_; }

  // The assets for these options. Options that change their content are part of their code.
  std::vector<assets::Asset> assets() const;
  // Assets that must be built together.
  std::vector<std::string> together() const;
  // The options that determine the size of the tables, apart from chance.
  std::string baseline() const;

  const duck::Connection& connection() const override { return connection_; }
  // Connection for observed runs, which read temporary tables (these belong to a connection); null
  // if simulated: then the lane's connection is used.
  const duck::Connection* own_connection() const override {
    return behavior_ != Behavior::simulated ? &connection_ : nullptr;
  }

  // With `full_refresh`, all of the source is read, whatever is published.
  void prepare(bool full_refresh, RunLog& log) override;
  // Workers may build simulated months in
  // parallel; observed tables must be built one after the other, raw_prompts first.
  assets::Made make(const assets::Unit& unit, duck::Connection& connection,
                    const assets::RunState& state, assets::RowSums& sums, RunLog& log) override;

  // Statements for the publication of these raw tables: what a later run must know of the source.
  std::vector<std::string> records_sql() const override;

 private:
  EventFiles event_files() const;
  std::optional<PublishedEvents> published_events(const assets::State& state);
  assets::Made make_prompts(const assets::Unit& unit, duck::Connection& connection,
                            const std::string& table, assets::RowSums& sums, RunLog& log);
  bool leave_out_simulated(const assets::Unit& unit, duck::Connection& connection,
                           const std::string& table, prompts::IngestResult& ingested, RunLog& log);
  assets::Made make_observed(const std::string& table, const assets::RunState& state);
  assets::Made make_events(const std::string& asset, const std::string& table,
                           const assets::RunState& state, RunLog& log);

  const RawOptions& options_;
  const prompts::ResolvedSources& sources_;
  duck::Connection connection_;        // see own_connection()
  prompts::SourceFiles source_files_;  // as of the time of planning
  prompts::SourceFiles user_files_, feedback_files_;
  std::string files_;  // their fingerprint
  ForgottenUsers forgotten_;
  Behavior behavior_ = Behavior::simulated;
  bool makes_whole_ = false;
  std::string why_simulated_;  // what a source lacks for telemetry; "": nothing, or unasked
  // Set by raw_prompts, read by the other two.
  std::unique_ptr<prompts::Observed> observed_;
  std::unique_ptr<EventAssets> events_;
};

// The published raw tables, for commands that do not build them.
std::vector<assets::Asset> published_raw_assets(const assets::State& state);
// Their sources as they were typed for the run that built them; `auto` as the source it chose.
// Empty if the gsa that built them did not record them.
std::vector<std::string> published_sources(const assets::State& state);
// Their options for events; none if they are of no events.
EventOptions published_event_options(const assets::State& state);
// Whether another version of gsa's code built them, so that they may lack columns that models read.
bool are_of_another_gsa(const std::vector<assets::Asset>& published);

// Throws Error if they are, and the project is the built-in one: its models could not read them.
void require_own_raw_tables(const ProjectOptions& project, const assets::State& state);

// The part of the assets' code that says whom they leave out.
inline constexpr const char* kForgottenCode = "list of forgotten users";

// As a run without options would build them.
std::vector<assets::Asset> default_raw_assets();

// The published months, ascending; empty if raw tables are observed or missing.
std::vector<sim::Period> published_months(const assets::State& state);
// Whether these raw tables may be published beside the existing ones: built from the same source,
// seed, number of users and so on.
bool fits_published(const std::vector<assets::Asset>& raw, const assets::State& state);

// Fills in the origin of the raw tables: adds up the counts and findings of all units.
void describe_raw_tables(const std::vector<assets::Materialization>& of,
                         assets::Provenance& provenance);

}  // namespace gsa::pipeline
