#include "serve/run_plan.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "api/json_writer.h"
#include "base/text.h"
#include "hub/fetch.h"
#include "pipeline/open_project.h"
#include "pipeline/pipeline_run.h"
#include "prompts/resolve.h"

namespace gsa::serve {
namespace {

// A user waits for the plan.
constexpr std::chrono::seconds kHubDeadline{5};

// Nullopt if the source must be downloaded first.
std::optional<prompts::ResolvedSources> resolve_here(const pipeline::PipelineOptions& options) {
  bool fetches = false, is_late = false;
  const auto deadline = std::chrono::steady_clock::now() + kHubDeadline;
  hub::FetchEvents events;
  events.progress = [&](std::int64_t, std::int64_t) { fetches = true; };
  events.cancelled = [&] {
    is_late = std::chrono::steady_clock::now() > deadline;
    return fetches || is_late || options.common.invocation().stop.stop_requested();
  };
  try {
    return prompts::resolve(options.raw.sources, options.common.invocation(), events);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::interrupted || !(fetches || is_late)) throw;
    return std::nullopt;
  }
}

void write_texts(api::JsonWriter& json, std::string_view name,
                 const std::vector<std::string>& texts) {
  json.key(name);
  json.begin_array();
  for (const std::string& text : texts) json.value(text);
  json.end_array();
}

std::vector<std::string> names_of(const std::vector<sim::Period>& months) {
  std::vector<std::string> names;
  for (const sim::Period& month : months) names.push_back(month.name());
  return names;
}

void write_assets(api::JsonWriter& json, const assets::Plan& plan) {
  json.key("assets");
  json.begin_array();
  for (const assets::PlannedUnit& planned : plan.units) {
    if (!planned.reason) continue;
    json.begin_object();
    json.field("asset", planned.unit.asset);
    json.text_or_null("partition", planned.unit.partition);
    json.field("reason", *planned.reason);
    json.field("depends_on_outcome", planned.depends_on_outcome);
    json.end_object();
  }
  json.end_array();
}

void write_options(api::JsonWriter& json, const pipeline::PipelineOptions& options,
                   const std::vector<std::string>& months) {
  json.field("source", join(options.raw.sources, ", "));
  json.field("behavior", pipeline::name_of(options.raw.behavior));
  json.field("prompts", options.raw.prompts);
  json.field("users", static_cast<std::int64_t>(options.raw.simulation.users));
  json.field("seed", fmt::format("{}", options.raw.simulation.seed));
  write_texts(json, "months", months);
}

}  // namespace

std::string run_plan_json(const pipeline::PipelineOptions& options, HeldWarehouse& warehouse) {
  const dbt::Project project = pipeline::load_project(options.project, options.common.invocation());
  const auto sources = resolve_here(options);
  api::JsonWriter json;
  json.begin_object();
  json.field("needs_download", !sources.has_value());
  if (!sources) {
    write_options(json, options, names_of(options.months));
    json.field("is_empty", false);
    for (const char* list : {"assets", "gone", "dropped_months"}) write_texts(json, list, {});
    json.field("checks", std::int64_t{0});
    json.end_object();
    return json.take();
  }
  const pipeline::PipelinePlan planned(options, project, *sources, warehouse.database());
  write_options(json, options, names_of(planned.raw_options.simulation.months));
  json.field("is_empty", planned.plan.is_empty());
  write_assets(json, planned.plan);
  write_texts(json, "gone", {planned.plan.gone.begin(), planned.plan.gone.end()});
  write_texts(json, "dropped_months", names_of(planned.dropped_months));
  json.field("checks", static_cast<std::int64_t>(std::count(planned.plan.checks_due.begin(),
                                                            planned.plan.checks_due.end(), true)));
  json.end_object();
  return json.take();
}

}  // namespace gsa::serve
