#include "api/runs_api.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/api_error.h"
#include "api/day.h"
#include "api/facts.h"
#include "assets/gantt.h"
#include "base/text.h"

namespace gsa::api {
namespace {

void write_time(JsonWriter& json, std::string_view name, const std::string& sql_time) {
  json.text_or_null(name, sql_time.empty() ? "" : iso_time(sql_time));
}

void write_texts(JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name);
  json.begin_array();
  for (const std::string& text : texts) json.value(text);
  json.end_array();
}

void write_counts(JsonWriter& json, std::int64_t passed, std::int64_t warned, std::int64_t failed) {
  json.key("checks");
  json.begin_object();
  json.field("pass", passed);
  json.field("warn", warned);
  json.field("fail", failed);
  json.end_object();
}

std::vector<std::string> names_of(const assets::Graph& graph,
                                  const std::vector<std::size_t>& indices) {
  std::vector<std::string> names;
  for (const std::size_t index : indices) names.push_back(graph[index].name);
  return names;
}

// By asset: the length of the longest path from an asset without inputs.
std::vector<std::size_t> levels_of(const assets::Graph& graph) {
  std::vector<std::size_t> levels(graph.size());
  for (const std::size_t index : graph.order()) {
    for (const std::size_t input : graph.inputs(index)) {
      levels[index] = std::max(levels[index], levels[input] + 1);
    }
  }
  return levels;
}

void write_asset(JsonWriter& json, const AssetsNow& now, std::size_t index, std::size_t level) {
  const assets::Asset& asset = now.graph[index];
  const assets::AssetState& state = now.states[index];
  json.begin_object();
  json.field("name", asset.name);
  json.field("kind", assets::name_of(asset.kind));
  json.text_or_null("group", asset.group);
  json.text_or_null("owner", asset.owner);
  json.field("description", asset.description);
  write_texts(json, "tags", asset.tags);
  json.text_or_null("file", asset.file);
  write_texts(json, "inputs", names_of(now.graph, now.graph.inputs(index)));
  write_texts(json, "outputs", names_of(now.graph, now.graph.outputs(index)));
  json.field("level", level);
  json.text_or_null("state", assets::name_of(state.validity));
  json.field("reason", state.reason);
  write_time(json, "made_at", state.made_at);
  json.field("rows", state.rows);
  json.field("bytes", state.bytes);
  json.field("seconds", state.seconds);
  write_texts(json, "partitions", asset.partitions);
  write_counts(json, static_cast<std::int64_t>(state.passed),
               static_cast<std::int64_t>(state.warned), static_cast<std::int64_t>(state.failed));
  json.end_object();
}

// Groups in the order of the data flow: by their first asset.
std::vector<std::string> groups_of(const assets::Graph& graph) {
  std::vector<std::string> groups;
  for (const std::size_t index : graph.order()) {
    const std::string& group = graph[index].group;
    if (!group.empty() && std::find(groups.begin(), groups.end(), group) == groups.end()) {
      groups.push_back(group);
    }
  }
  return groups;
}

void write_materialization(JsonWriter& json, const assets::Materialization& made) {
  json.begin_object();
  json.field("run", made.run_id);
  json.text_or_null("partition", made.unit.partition);
  write_time(json, "made_at", made.made_at);
  json.field("rows", made.rows);
  json.field("bytes", made.bytes);
  json.field("seconds", made.seconds);
  json.field("peak_memory_bytes", made.peak_memory_bytes);
  json.field("data_version", made.data_version);
  json.field("code_version", made.code_version);
  json.field("reason", made.reason);
  json.field("published", made.published);
  json.end_object();
}

void write_history(JsonWriter& json, duck::Connection& connection, const std::string& asset,
                   std::int64_t limit) {
  json.key("history");
  json.begin_array();
  for (const auto& made : assets::materializations_of(connection, asset, limit)) {
    write_materialization(json, made);
  }
  json.end_array();
}

void write_check(JsonWriter& json, const assets::CheckRecord& check) {
  json.begin_object();
  json.field("name", check.name);
  json.text_or_null("asset", check.asset);
  json.field("kind", check.kind);
  json.field("severity", assets::severity_of(check.blocks));
  json.field("status", name_of(check.status));
  json.field("failures", check.failures);
  json.field("condition", check.condition);
  json.field("message", check.message);
  write_time(json, "checked_at", assets::utc_text(check.checked_at));
  json.field("seconds", check.seconds);
  json.field("run", check.run_id);
  json.key("sample");
  json.begin_array();
  for (const std::string& row : check.sample) json.raw(row);
  json.end_array();
  json.end_object();
}

// The last outcome of each check of the asset, over all runs that ran it.
void write_last_checks(JsonWriter& json, duck::Connection& connection, const std::string& asset) {
  json.key("checks");
  json.begin_array();
  for (const auto& check : assets::last_checks_of(connection, asset)) write_check(json, check);
  json.end_array();
}

}  // namespace

std::string assets_json(duck::Connection& connection, const AssetsNow& now) {
  const std::vector<std::size_t> levels = levels_of(now.graph);
  JsonWriter json;
  json.begin_object();
  json.field("publication", publication_of(connection));
  write_texts(json, "groups", groups_of(now.graph));
  json.key("assets");
  json.begin_array();
  for (const std::size_t index : now.graph.order()) write_asset(json, now, index, levels[index]);
  json.end_array();
  json.end_object();
  return json.take();
}

std::string asset_json(duck::Connection& connection, const AssetsNow& now, const std::string& name,
                       std::int64_t limit) {
  const auto index = now.graph.find(name);
  if (!index) {
    std::vector<std::string> names;
    for (const assets::Asset& asset : now.graph.assets()) names.push_back(asset.name);
    throw not_found(fmt::format("there is no asset '{}'", name), did_you_mean(name, names));
  }
  JsonWriter json;
  json.begin_object();
  json.field("publication", publication_of(connection));
  json.key("asset");
  write_asset(json, now, *index, levels_of(now.graph)[*index]);
  json.key("code");
  json.begin_object();
  for (const auto& [part, text] : now.graph[*index].code) json.field(part, text);
  json.end_object();
  write_history(json, connection, name, limit);
  write_last_checks(json, connection, name);
  json.end_object();
  return json.take();
}

void write_run(JsonWriter& json, const assets::RunRecord& run) {
  json.begin_object();
  json.field("id", run.id);
  json.field("command", run.command);
  json.field("options", run.options);
  json.field("status", name_of(run.status));
  json.field("message", run.message);
  write_time(json, "started_at", run.started_at);
  write_time(json, "ended_at", run.ended_at);
  json.field("seconds", run.seconds);
  json.field("published", run.published);
  json.field("assets_made", run.assets_made);
  json.field("assets_fresh", run.assets_fresh);
  write_counts(json, run.checks_passed, run.checks_warned, run.checks_failed);
  json.field("peak_memory_bytes", run.peak_memory_bytes);
  json.field("threads", run.threads);
  json.field("gsa_version", run.gsa_version);
  json.end_object();
}

void write_step(JsonWriter& json, const assets::StepRecord& step) {
  json.begin_object();
  json.field("step", step.step);
  json.field("name", step.name);
  json.field("kind", step.kind);
  json.text_or_null("asset", step.asset);
  json.text_or_null("partition", step.partition);
  json.field("status", name_of(step.status));
  json.field("reason", step.reason);
  write_texts(json, "waited_for", step.waited_for);
  json.field("lane", step.lane);
  json.field("attempts", step.attempts);
  json.field("begun", step.begun);
  json.field("ended", step.ended);
  json.field("seconds", step.seconds);
  json.field("rows", step.rows);
  json.field("message", step.message);
  json.end_object();
}

void write_event(JsonWriter& json, std::int64_t run, const assets::EventRecord& event) {
  json.begin_object();
  json.field("run", run);
  json.field("at", iso_time(event.at));
  json.field("level", event.level);
  json.text_or_null("asset", event.asset);
  json.field("event", event.event);
  json.field("message", event.message);
  json.key("fields");
  json.begin_object();
  for (const auto& [name, value] : event.fields) json.field(name, value);
  json.end_object();
  json.end_object();
}

std::string runs_json(duck::Connection& connection, std::int64_t limit,
                      std::optional<std::int64_t> before, assets::Unfinished unfinished) {
  const std::int64_t total = assets::count_runs(connection);
  // Ninety days of runs are a few thousand rows at most; ids may have gaps.
  const std::vector<assets::RunRecord> all =
      assets::runs(connection, before ? total : limit, unfinished);
  JsonWriter json;
  json.begin_object();
  json.field("total", total);
  json.key("runs");
  json.begin_array();
  std::int64_t shown = 0;
  for (const assets::RunRecord& run : all) {
    if (before && run.id >= *before) continue;
    if (shown++ == limit) break;
    write_run(json, run);
  }
  json.end_array();
  json.end_object();
  return json.take();
}

std::string run_json(duck::Connection& connection, std::int64_t id, assets::Unfinished unfinished) {
  assets::RunRecord run;
  try {
    run = assets::run_of(connection, id, unfinished);
  } catch (const Error& error) {
    throw not_found(error.message(), error.hint());
  }
  const std::vector<assets::StepRecord> steps = assets::steps_of(connection, id);
  JsonWriter json;
  json.begin_object();
  json.key("run");
  write_run(json, run);
  json.key("steps");
  json.begin_array();
  for (const assets::StepRecord& step : steps) write_step(json, step);
  json.end_array();
  json.key("critical_path");
  json.begin_array();
  for (const std::size_t index : assets::critical_path(steps)) json.value(steps[index].step);
  json.end_array();
  json.key("checks");
  json.begin_array();
  for (const auto& check : assets::checks_of(connection, id)) write_check(json, check);
  json.end_array();
  json.key("events");
  json.begin_array();
  for (const auto& event : assets::events_of(connection, id)) write_event(json, id, event);
  json.end_array();
  json.key("materializations");
  json.begin_array();
  for (const auto& made : assets::materializations_of(connection, id)) {
    json.begin_object();
    json.field("asset", made.unit.asset);
    json.key("materialization");
    write_materialization(json, made);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace gsa::api
