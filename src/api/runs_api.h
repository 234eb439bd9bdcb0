#pragma once

// The pipeline as it is on record: assets, runs, steps, checks. Read side only.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/json_writer.h"
#include "assets/asset_graph.h"
#include "assets/history.h"
#include "duck/database.h"

namespace gsa::api {

// What is known of an asset now. Whoever plans runs works it out; api only shows it.
struct AssetStatus {
  std::string state;    // "fresh", "stale", "never made", "source"; "" of an ephemeral one
  std::string reason;   // why it is stale
  std::string made_at;  // UTC, "2025-12-24 18:30:00"; empty: never
  std::optional<std::int64_t> rows, bytes;
  std::optional<double> seconds;
  std::vector<std::string> partitions;
  std::size_t passed = 0, warned = 0, failed = 0;  // checks, by their last outcomes
};

// The graph and, by number in it, what is known of each asset.
struct AssetsNow {
  assets::Graph graph{{}};
  std::vector<AssetStatus> status;
};

// GET /api/assets, GET /api/assets/{name} (at most `limit` materializations, newest first; throws
// ApiError 404).
std::string assets_json(duck::Connection& connection, const AssetsNow& now);
std::string asset_json(duck::Connection& connection, const AssetsNow& now, const std::string& name,
                       std::int64_t limit);

// GET /api/runs: at most `limit` with ids below `before`, if that is given, newest first; and
// GET /api/runs/{id}, which throws ApiError 404. `unfinished` says what becomes of runs that are on
// record as running.
std::string runs_json(duck::Connection& connection, std::int64_t limit,
                      std::optional<std::int64_t> before, assets::Unfinished unfinished);
std::string run_json(duck::Connection& connection, std::int64_t id, assets::Unfinished unfinished);

// Parts of these, for events as well.
void write_run(JsonWriter& json, const assets::RunRecord& run);
void write_step(JsonWriter& json, const assets::PastStep& step);
void write_event(JsonWriter& json, std::int64_t run, const assets::EventRecord& event);

}  // namespace gsa::api
