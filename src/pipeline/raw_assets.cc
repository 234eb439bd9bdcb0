#include "pipeline/raw_assets.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "pipeline/event_raw_tables.h"
#include "pipeline/observed_tables.h"
#include "pipeline/run_log.h"
#include "prompts/datasets.h"
#include "prompts/source.h"
#include "telemetry/inspection.h"
#include "telemetry/inspection_format.h"
#include "telemetry/recognition.h"
#include "telemetry/signal_sql.h"

namespace gsa::pipeline {
namespace {

// Increment it whenever the same options would produce different raw tables.
constexpr int kRawTablesVersion = 7;

constexpr std::array<std::string_view, 3> kRawTables = {"raw_prompts", "raw_users",
                                                        "raw_generations"};

std::string name_of_source(const prompts::ResolvedSources& sources) {
  if (!sources.name.empty()) return sources.name;
  std::vector<std::string> shown;
  for (const std::string& source : sources.sources) shown.push_back(prompts::shown_path(source));
  return join(shown, ", ");
}

std::vector<std::string> partitions_of(const std::vector<sim::Period>& months) {
  std::vector<std::string> partitions;
  for (const sim::Period& month : months) partitions.push_back(month.name());
  return partitions;
}

std::map<std::string, std::string> metadata_of(const prompts::IngestResult& ingested) {
  return {{"source", ingested.source},
          {"rows_in_source", fmt::format("{}", ingested.rows_in_source)},
          {"rows_skipped", fmt::format("{}", ingested.skipped_empty)}};
}

// In the metadata of raw_prompts: each source as it was typed, by its number.
constexpr std::string_view kTyped = "typed source ";

void add_typed_sources(const RawOptions& options, const prompts::ResolvedSources& sources,
                       std::map<std::string, std::string>& metadata) {
  std::vector<std::string> typed = options.sources;
  if (typed == std::vector<std::string>{prompts::kAuto}) {  // what it chose
    typed = {sources.is_synthetic() ? prompts::kSynthetic : prompts::datasets().front().name};
  }
  for (std::size_t i = 0; i < typed.size(); ++i) {
    metadata[fmt::format("{}{:04}", kTyped, i)] = typed[i];
  }
}

std::int64_t number_in(const std::map<std::string, std::string>& metadata, const char* key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? 0 : std::stoll(found->second);
}

// Adds the findings of one month to those of all.
void add_findings(const std::vector<Finding>& of_month, std::vector<Finding>& all) {
  for (const Finding& finding : of_month) {
    const auto same = std::ranges::find(all, finding.what, &Finding::what);
    if (same == all.end()) {
      all.push_back(finding);
    } else if (finding.column.empty()) {
      same->count += finding.count;
    } else {  // every month finds it in the whole source
      same->count = std::max(same->count, finding.count);
    }
  }
}

std::string own_version() { return fmt::format("version {}", kRawTablesVersion); }

assets::Code code_of(const std::string& table, const RawOptions& options, Behavior behavior,
                     const std::string& source, const std::string& files) {
  assets::Code code = {{"code", own_version()},
                       {"--behavior", std::string(name_of(behavior))},
                       {"--seed", fmt::format("{}", options.simulation.seed)}};
  const bool simulated = behavior == Behavior::simulated;
  if (behavior == Behavior::events) {
    code["telemetry"] = "events";
    if (const std::string map = options.mapping.text(); !map.empty()) code["--map"] = map;
    if (!options.missing.empty()) code["--missing"] = options.missing.text();
    if (options.prices) code["--prices"] = telemetry::price_sql(*options.prices);
    for (const auto& [name, mapping] : {std::pair("--users-map", &options.users_mapping),
                                        std::pair("--feedback-map", &options.feedback_mapping)}) {
      if (std::string map = mapping->text(); !map.empty()) code[name] = std::move(map);
    }
  }
  if (table == "raw_prompts" || !simulated) {
    code["--source"] = source;
    if (behavior != Behavior::events || options.prompts_given) {
      code["--prompts"] = fmt::format("{}", options.prompts);
    }
    if (!files.empty()) code["source files"] = files;
  }
  if (table != "raw_prompts" && simulated) {
    code["--users"] = fmt::format("{}", options.simulation.users);
  }
  if (table == "raw_users" && simulated) code["--month"] = describe(options.simulation.months);
  return code;
}

// An asset without its code and inputs.
assets::Asset raw_asset(std::string_view table) {
  assets::Asset asset;
  asset.name = table;
  asset.group = table == "raw_prompts" ? "ingestion" : "simulation";
  asset.schema = "main";
  asset.relation = table;
  // Only simulated tables are partitioned by month.
  if (table == "raw_prompts") asset.constant_columns = constant_prompt_columns();
  if (table == "raw_generations") asset.constant_columns = constant_generation_columns();
  return asset;
}

// The three assets; `files` is the fingerprint of the source's files.
std::vector<assets::Asset> define(const RawOptions& options, Behavior behavior,
                                  const std::string& source, const std::string& files) {
  const bool observed = behavior != Behavior::simulated;
  std::vector<assets::Asset> all;
  for (const std::string_view table : kRawTables) {
    assets::Asset asset = raw_asset(table);
    asset.code = code_of(asset.name, options, behavior, source, files);
    if (!observed && table != "raw_users") {
      asset.partitions = partitions_of(options.simulation.months);
    }
    all.push_back(std::move(asset));
  }
  all[2].inputs = {"raw_prompts"};
  if (observed) {
    all[1].inputs = {"raw_prompts"};
    all[2].inputs.emplace_back("raw_users");
  }
  return all;
}

// DiffusionDB has users and times, but nothing of how generations ended: it counts as prompts.
// `why_simulated` becomes what a source of the user's own lacks.
Behavior choose_behavior(const RawOptions& options, const prompts::ResolvedSources& sources,
                         const std::vector<prompts::SourceFile>& files,
                         std::string& why_simulated) {
  const bool has_mapping = options.mapping.of_file || !options.mapping.options.empty();
  if (sources.is_synthetic()) {
    if (has_mapping) {
      throw Error("the synthetic prompts have no events to map", "--map is for a source of events",
                  ErrorCode::usage);
    }
    return options.behavior == Behavior::observed ? Behavior::observed : Behavior::simulated;
  }
  if (options.behavior == Behavior::simulated) return Behavior::simulated;
  // Datasets of the hub that gsa knows are prompts.
  if (!sources.name.empty() && !has_mapping) {
    return options.behavior == Behavior::observed ? Behavior::observed : Behavior::simulated;
  }
  const telemetry::Recognition recognised = telemetry::recognise(files, options.mapping);
  if (options.behavior == Behavior::automatic) why_simulated = recognised.missing;
  // Feedback may be all that is known of how a generation ended.
  const bool has_feedback = !options.feedback_from.empty();
  if (recognised.is_telemetry || (has_feedback && recognised.has_keys)) return Behavior::events;
  if (has_mapping || has_feedback || !options.users_from.empty()) {
    throw Error(fmt::format("the source lacks what gsa needs of telemetry: {}", recognised.missing),
                "gsa inspect shows which columns are taken for what");
  }
  return options.behavior == Behavior::observed ? Behavior::observed : Behavior::simulated;
}

}  // namespace

bool is_raw_table(std::string_view name) {
  return std::find(kRawTables.begin(), kRawTables.end(), name) != kRawTables.end();
}

std::string_view name_of(Behavior behavior) {
  switch (behavior) {
    case Behavior::automatic:
      return "auto";
    case Behavior::simulated:
      return "simulated";
    case Behavior::observed:
    case Behavior::events:
      break;
  }
  return "observed";
}

RawAssets::RawAssets(const RawOptions& options, const prompts::ResolvedSources& sources,
                     const duck::Database& database)
    : options_(options), sources_(sources), connection_(database.connect()) {
  if (!sources.is_synthetic()) {
    source_files_ = prompts::find_source_files(sources.sources, sources.folder);
    std::string fingerprint = prompts::fingerprint_of(source_files_.files);
    for (const auto& [paths, files] : {std::pair(&options.users_from, &user_files_),
                                       std::pair(&options.feedback_from, &feedback_files_)}) {
      if (paths->empty()) continue;
      *files = prompts::find_source_files(*paths, sources.folder);
      fingerprint += "\n" + prompts::fingerprint_of(files->files);
    }
    files_ = fmt::format("{:016x}", stable_hash(fingerprint));
  }
  behavior_ = choose_behavior(options, sources, source_files_.files, why_simulated_);
}

std::vector<assets::Asset> RawAssets::assets() const {
  return define(options_, behavior_, name_of_source(sources_), files_);
}

std::vector<std::string> RawAssets::together() const {
  if (behavior_ == Behavior::simulated) return {};
  return {kRawTables.begin(), kRawTables.end()};
}

std::string RawAssets::baseline() const {
  return fmt::format("--source {} --prompts {} --users {} --behavior {} --month {}",
                     name_of_source(sources_), options_.prompts, options_.simulation.users,
                     name_of(behavior_), describe(options_.simulation.months));
}

void RawAssets::prepare(RunLog& log) {
  prompts::register_functions(connection_);
  if (behavior_ == Behavior::simulated && !why_simulated_.empty()) {
    log.note(
        fmt::format("the source is no telemetry, because it lacks {}: users and what happened "
                    "are simulated for its prompts",
                    why_simulated_));
  }
  if (behavior_ == Behavior::events) {
    telemetry::register_telemetry_functions(connection_);
    register_observed_simulation(connection_, options_.simulation.seed);
  } else if (behavior_ == Behavior::observed) {
    register_observed_simulation(connection_, options_.simulation.seed);
  } else {
    register_simulation(connection_, options_.simulation);
  }
}

assets::Made RawAssets::make_prompts(const assets::Unit& unit, duck::Connection& connection,
                                     const std::string& table, assets::RowSums& sums, RunLog& log) {
  const bool observed = behavior_ == Behavior::observed;
  prompts::IngestRequest request{
      sources_.sources, options_.prompts, options_.simulation.seed, table, sources_.name, observed};
  request.files = source_files_;
  if (!unit.partition.empty()) request.slot = sim::parse_period(unit.partition).slot();
  std::uint64_t number = 0;
  request.watch = [&](const std::string& select) {
    const auto watched = sums.watch("prompt_id");
    number = watched.number;
    return watched.around(select);
  };
  prompts::IngestResult ingested = prompts::ingest(
      connection, request,
      [&](const std::string&, std::int64_t, const std::string& sql) { connection.execute(sql); });
  for (const std::string& text : ingested.notes) {
    log.note(unit.partition.empty() ? text : fmt::format("{}: {}", unit.partition, text));
  }
  // Simulated months are built by several workers at once and observe nothing.
  if (observed) {
    observed_ = std::move(ingested.observed);
    connection.execute(fmt::format("alter table {} add column negative_prompt varchar", table));
  }
  auto metadata = metadata_of(ingested);
  add_typed_sources(options_, sources_, metadata);
  return {ingested.rows, std::move(metadata), sums.take(number), std::move(ingested.findings)};
}

assets::Made RawAssets::make_observed(const std::string& table, const assets::RunState& state) {
  check(observed_ != nullptr, "the observed tables are made after raw_prompts");
  const std::string name = state.current_relation({table, ""});
  if (table == "raw_users") {
    connection_.execute(create_observed_users(name, *observed_));
    return {observed_->user_count,
            {{"period", observed_period(connection_, *observed_)},
             {"observed", observed_signals(*observed_)}}};
  }
  connection_.execute(create_observed_generations(name, state.current_relation({"raw_prompts", ""}),
                                                  state.current_relation({"raw_users", ""}),
                                                  *observed_));
  return {observed_->request_count, {}};
}

void RawAssets::add_other_sources(const prompts::RunQuery& run, RunLog& log) {
  const auto add = [&](const prompts::SourceFiles& files, const telemetry::GivenMapping& given,
                       const auto& add_records) {
    if (files.files.empty()) return;
    prompts::require_unchanged(files.files);
    const telemetry::OpenedEvents opened =
        telemetry::open_events(connection_, run, files.files, given.rows_path());
    for (const std::string& note : opened.rows->notes()) log.note(note);
    add_records(connection_, *opened.rows, given.applied_to(opened.found.mapping), *events_);
    prompts::require_unchanged(files.files);
  };
  add(user_files_, options_.users_mapping, telemetry::add_user_records);
  add(feedback_files_, options_.feedback_mapping, telemetry::add_feedback_records);
}

// Reads the events, and makes raw_prompts of those that have a prompt.
assets::Made RawAssets::make_event_prompts(const std::string& table, RunLog& log) {
  const prompts::RunQuery run = [&](const std::string&, std::int64_t, const std::string& sql) {
    connection_.execute(sql);
  };
  prompts::require_unchanged(source_files_.files);
  const telemetry::OpenedEvents opened =
      telemetry::open_events(connection_, run, source_files_.files, options_.mapping.rows_path());
  const telemetry::Mapping mapping = options_.mapping.applied_to(opened.found.mapping);
  events_ = std::make_unique<telemetry::EventTables>(telemetry::read_events(
      connection_, run, *opened.rows, mapping, options_.prompts_given ? options_.prompts : 0,
      options_.simulation.seed));
  add_other_sources(run, log);
  events_->findings.push_back(telemetry::drop_late_signups(connection_, *events_));
  connection_.execute(create_event_prompts(table, *events_));
  std::vector<Finding> findings = events_->findings;
  for (Finding& odd : telemetry::find_odd_events(connection_, *opened.rows, mapping)) {
    findings.push_back(std::move(odd));
  }
  prompts::require_unchanged(source_files_.files);
  for (const std::string& note : source_files_.notes) log.note(note);
  for (const std::string& note : opened.rows->notes()) log.note(note);
  for (const auto& [signal, source] : mapping.signals) {
    log.note(fmt::format("{}: {}{}{}", telemetry::name_of(signal), telemetry::described(source),
                         source.reason.empty() ? "" : ", ", source.reason));
  }
  for (const Finding& finding : findings) {
    if (finding.count > 0) log.note(telemetry::described(finding));
  }
  std::map<std::string, std::string> metadata = {
      {"source", prompts::describe_files(source_files_.files)},
      {"rows_in_source", fmt::format("{}", events_->rows_in_source)},
      {"rows_skipped", fmt::format("{}", events_->rows_in_source - events_->event_count)},
      {"mapping", telemetry::write_mapping(mapping)}};
  if (!mapping.name.empty()) metadata["export"] = mapping.name;
  add_typed_sources(options_, sources_, metadata);
  return {std::nullopt, std::move(metadata), std::nullopt, std::move(findings)};
}

assets::Made RawAssets::make_events(const std::string& table, const assets::RunState& state) {
  check(events_ != nullptr, "the tables of events are made after raw_prompts");
  const std::string name = state.current_relation({table, ""});
  if (table == "raw_users") {
    connection_.execute(create_event_users(name, *events_, options_.missing));
    return {events_->user_count,
            {{"period", event_period(connection_, *events_)},
             {"observed", event_signals(connection_, *events_)}}};
  }
  connection_.execute(
      create_event_generations(name, state.current_relation({"raw_prompts", ""}), *events_,
                               options_.prices ? &*options_.prices : nullptr, options_.missing));
  return {events_->event_count, {}};
}

assets::Made RawAssets::make(const assets::Unit& unit, duck::Connection& connection,
                             const assets::RunState& state, assets::RowSums& sums, RunLog& log) {
  const std::string table = state.current_relation(unit);
  log.working(unit.asset, unit.asset,
              unit.asset == "raw_users" ? options_.simulation.users : options_.prompts);
  if (behavior_ == Behavior::events) {
    return unit.asset == "raw_prompts" ? make_event_prompts(table, log)
                                       : make_events(unit.asset, state);
  }
  if (behavior_ == Behavior::observed) {
    if (unit.asset == "raw_prompts") return make_prompts(unit, connection_, table, sums, log);
    return make_observed(unit.asset, state);
  }
  if (unit.asset == "raw_prompts") return make_prompts(unit, connection, table, sums, log);
  if (unit.asset == "raw_users") {
    connection.execute(create_raw_users(table, options_.simulation));
  } else {
    const auto watched = sums.watch("generation_id");
    const std::string select = select_raw_generations(
        state.current_relation({"raw_prompts", unit.partition}), sim::parse_period(unit.partition));
    connection.execute(fmt::format("create table {} as {}", table, watched.around(select)));
    return {std::nullopt, {}, sums.take(watched.number)};
  }
  return {};
}

std::vector<assets::Asset> published_raw_assets(const assets::State& state) {
  std::vector<assets::Asset> all;
  for (const std::string_view table : kRawTables) {
    assets::Asset asset = raw_asset(table);
    const assets::Materialization* last = nullptr;
    for (const auto& [unit, made] : state.published) {
      if (unit.asset != table) continue;
      if (!unit.partition.empty()) asset.partitions.push_back(unit.partition);
      last = &made;
    }
    if (last == nullptr) continue;  // built by something else, if at all
    const auto code = state.codes.find(last->code_version);
    if (code != state.codes.end()) asset.code = code->second;
    for (const auto& [input, version] : last->inputs) asset.inputs.push_back(input);
    all.push_back(std::move(asset));
  }
  return all;
}

std::vector<std::string> published_sources(const assets::State& state) {
  std::vector<std::string> sources;
  for (const auto& [unit, made] : state.published) {
    if (unit.asset != kRawTables[0]) continue;
    for (auto at = made.metadata.lower_bound(std::string(kTyped));
         at != made.metadata.end() && at->first.starts_with(kTyped); ++at) {
      sources.push_back(at->second);
    }
    break;  // all months have the same
  }
  return sources;
}

bool are_of_another_gsa(const std::vector<assets::Asset>& published) {
  return std::any_of(published.begin(), published.end(), [](const assets::Asset& asset) {
    const auto version = asset.code.find("code");
    return version != asset.code.end() && version->second != own_version();
  });
}

std::vector<assets::Asset> default_raw_assets() {
  return define({}, Behavior::simulated, prompts::kAuto, "");
}

std::vector<sim::Period> published_months(const assets::State& state) {
  std::vector<sim::Period> months;
  for (const auto& [unit, made] : state.published) {
    if (unit.asset == "raw_generations" && !unit.partition.empty()) {
      months.push_back(sim::parse_period(unit.partition));
    }
  }
  return months;
}

bool fits_published(const std::vector<assets::Asset>& raw, const assets::State& state) {
  for (const assets::Asset& asset : raw) {
    if (asset.partitions.empty()) continue;
    for (const auto& [unit, made] : state.published) {
      if (unit.asset == asset.name && made.code_version != assets::code_version_of(asset.code)) {
        return false;
      }
    }
  }
  return true;
}

void describe_raw_tables(const std::vector<assets::Materialization>& of,
                         assets::Provenance& provenance) {
  provenance.prompts = provenance.prompts_in_source = provenance.prompts_skipped = 0;
  provenance.findings.clear();
  std::int64_t generations = 0;
  for (const assets::Materialization& made : of) {
    if (made.unit.asset == "raw_generations") generations += made.rows.value_or(0);
    if (made.unit.asset == "raw_users") {
      provenance.users = made.rows.value_or(0);
      const auto period = made.metadata.find("period");
      if (period != made.metadata.end()) provenance.period = period->second;
      const auto observed = made.metadata.find("observed");
      provenance.observed = observed == made.metadata.end() ? "" : observed->second;
    }
    if (made.unit.asset != "raw_prompts") continue;
    const auto source = made.metadata.find("source");
    if (source != made.metadata.end()) provenance.source = source->second;
    provenance.prompts += made.rows.value_or(0);
    provenance.prompts_in_source =
        std::max(provenance.prompts_in_source, number_in(made.metadata, "rows_in_source"));
    provenance.prompts_skipped += number_in(made.metadata, "rows_skipped");
    add_findings(made.findings, provenance.findings);
  }
  // Observed requests need not have a prompt.
  if (!provenance.observed.empty()) provenance.prompts = generations;
}

}  // namespace gsa::pipeline
