#pragma once

// The recorded state of the pipeline: assets, runs, steps, checks. Read-only.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/json_writer.h"
#include "assets/asset_graph.h"
#include "assets/asset_state.h"
#include "assets/history.h"
#include "duck/database.h"

namespace gsa::api {

// The graph, and the state of each asset by its index. The owner of the Api computes it; this
// module only shows it.
struct AssetsNow {
  assets::Graph graph{{}};
  std::vector<assets::AssetState> states;
};

// GET /api/assets and GET /api/assets/{name} (with at most `limit` materializations, newest first;
// throws ApiError 404).
std::string assets_json(duck::Connection& connection, const AssetsNow& now);
std::string asset_json(duck::Connection& connection, const AssetsNow& now, const std::string& name,
                       std::int64_t limit);

// GET /api/runs: at most `limit` runs, newest first, with ids below `before` if given; and GET
// /api/runs/{id}, which throws ApiError 404. `unfinished` says how to report runs whose record says
// "running".
std::string runs_json(duck::Connection& connection, std::int64_t limit,
                      std::optional<std::int64_t> before, assets::Unfinished unfinished);
std::string run_json(duck::Connection& connection, std::int64_t id, assets::Unfinished unfinished);

// Parts of these answers; events use them as well.
void write_run(JsonWriter& json, const assets::RunRecord& run);
void write_step(JsonWriter& json, const assets::StepRecord& step);
void write_event(JsonWriter& json, std::int64_t run, const assets::EventRecord& event);

}  // namespace gsa::api
