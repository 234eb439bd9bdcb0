#include "pipeline/raw_assets.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "assets/forgotten.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "pipeline/event_metadata.h"
#include "pipeline/numbered_texts.h"
#include "pipeline/observed_tables.h"
#include "pipeline/run_log.h"
#include "prompts/datasets.h"
#include "prompts/source.h"
#include "telemetry/inspection_format.h"
#include "telemetry/recognition.h"
#include "telemetry/signal_sql.h"

namespace gsa::pipeline {
namespace {

// Increment it whenever the same options would produce different raw tables.
constexpr int kRawTablesVersion = 8;

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

// The part of the code that is the fingerprint of the source's files.
constexpr std::string_view kSourceFiles = "source files";

// In the metadata of raw_prompts: each source as it was typed.
constexpr std::string_view kTyped = "typed source ";

// Of the published raw_prompts; all months have the same.
std::map<std::string, std::string> published_prompts_metadata(const assets::State& state) {
  for (const auto& [unit, made] : state.published) {
    if (unit.asset == kRawTables[0]) return made.metadata;
  }
  return {};
}

void add_typed_sources(const RawOptions& options, const prompts::ResolvedSources& sources,
                       std::map<std::string, std::string>& metadata) {
  std::vector<std::string> typed = options.sources;
  if (typed == std::vector<std::string>{prompts::kAuto}) {  // what it chose
    typed = {sources.is_synthetic() ? prompts::kSynthetic : prompts::datasets().front().name};
  }
  for (const std::string& source : typed) add_numbered(kTyped, source, metadata);
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
    for (const auto& [name, value] : options.events.pairs()) {
      if (name.ends_with("-from")) continue;  // "source files" has their contents
      std::string& text = code[name];
      text += (text.empty() ? "" : "\n") + value;
    }
    if (const auto prices = options.events.price_table()) {
      code["--prices"] = telemetry::price_sql(*prices);
    }
  }
  if (table == "raw_prompts" || !simulated) {
    code["--source"] = source;
    if (behavior != Behavior::events || options.prompts_given) {
      code["--prompts"] = fmt::format("{}", options.prompts);
    }
    if (!files.empty()) code[std::string(kSourceFiles)] = files;
  }
  if (table != "raw_prompts" && simulated) {
    code["--users"] = fmt::format("{}", options.simulation.users);
  }
  if (table == "raw_users" && simulated) code["--month"] = describe(options.simulation.months);
  return code;
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
// `why_simulated` becomes what a source of the user's own lacks. Throws Error{usage} if options for
// events have no effect.
Behavior choose_behavior(const RawOptions& options, const prompts::ResolvedSources& sources,
                         const EventFiles& files, const FileRecords& recorded,
                         std::string& why_simulated) {
  const EventOptions::Pairs given = options.events.pairs();
  const auto read_as_prompts = [&](const std::string& why, const std::string& hint) {
    if (!given.empty()) {
      throw Error(fmt::format("{} is for events of a product, and {}", given.front().first, why),
                  hint, ErrorCode::usage);
    }
    return options.behavior == Behavior::observed ? Behavior::observed : Behavior::simulated;
  };
  if (sources.is_synthetic()) {
    return read_as_prompts("synthetic prompts have none", "--source names a file of events");
  }
  if (options.behavior == Behavior::simulated) {
    return read_as_prompts("--behavior simulated reads prompts alone",
                           "--missing simulated keeps what the source has, and simulates the rest");
  }
  const telemetry::GivenMapping& mapping = options.events.mapping;
  const bool has_mapping = mapping.of_file || !mapping.options.empty();
  // Datasets of the hub that gsa knows are prompts.
  if (!sources.name.empty() && !has_mapping) {
    return read_as_prompts(fmt::format("{} has prompts", sources.name),
                           "--map time=… and --map status=… read any source as events");
  }
  if (starts_as_recorded(files, recorded)) return Behavior::events;
  const telemetry::Recognition recognised = telemetry::recognise(files.events.files, mapping);
  // Feedback may be all that is known of how a generation ended.
  const bool has_feedback = !options.events.feedback_from.empty();
  if (recognised.is_telemetry || (has_feedback && recognised.has_keys)) return Behavior::events;
  if (options.behavior == Behavior::automatic && recognised.only_lack) {
    throw Error(fmt::format("{} lacks {} to be events of a product, and a column 'prompt' to be "
                            "prompts",
                            files.events.files.front().path, recognised.missing),
                fmt::format("--map {}=COLUMN says which column it is; `gsa inspect` shows what is "
                            "taken for what",
                            telemetry::name_of(*recognised.only_lack)));
  }
  if (options.behavior == Behavior::automatic) why_simulated = recognised.missing;
  return read_as_prompts(fmt::format("the source lacks {}", recognised.missing),
                         "gsa inspect shows which columns of a source are taken for what");
}

}  // namespace

bool is_raw_table(std::string_view name) {
  return std::find(kRawTables.begin(), kRawTables.end(), name) != kRawTables.end();
}

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
    : options_(options),
      sources_(sources),
      connection_(database.connect()),
      forgotten_(assets::forgotten_users(connection_)) {
  if (!sources.is_synthetic()) {
    source_files_ = prompts::find_source_files(sources.sources, sources.folder);
    std::string fingerprint = prompts::fingerprint_of(source_files_.files);
    for (const auto& [paths, files] :
         {std::pair(&options.events.users_from, &user_files_),
          std::pair(&options.events.feedback_from, &feedback_files_)}) {
      fingerprint += "\n";
      if (paths->empty()) continue;
      *files = prompts::find_source_files(*paths, sources.folder);
      fingerprint += prompts::fingerprint_of(files->files);
    }
    files_ = fmt::format("{:016x}", stable_hash(fingerprint));
  }
  behavior_ =
      choose_behavior(options, sources, event_files(), recorded_files(connection_), why_simulated_);
}

EventFiles RawAssets::event_files() const {
  return {source_files_, user_files_, feedback_files_, options_.events};
}

std::vector<assets::Asset> RawAssets::assets() const {
  std::vector<assets::Asset> all = define(options_, behavior_, name_of_source(sources_), files_);
  if (forgotten_.empty()) return all;
  for (assets::Asset& asset : all) asset.code[kForgottenCode] = forgotten_.fingerprint();
  return all;
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

void RawAssets::prepare(bool full_refresh, RunLog& log) {
  makes_whole_ = full_refresh;
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
  request.forgotten = forgotten_;
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
  const bool leaves_out = !observed && leave_out_simulated(unit, connection, table, ingested, log);
  // Simulated months are built by several workers at once and observe nothing.
  if (observed) {
    observed_ = std::move(ingested.observed);
    connection.execute(fmt::format("alter table {} add column negative_prompt varchar", table));
  }
  auto metadata = metadata_of(ingested);
  add_typed_sources(options_, sources_, metadata);
  assets::Made made{ingested.rows, std::move(metadata), sums.take(number),
                    std::move(ingested.findings)};
  if (leaves_out) made.sum.reset();
  return made;
}

// Prompts of forgotten users; their generations are made of these.
bool RawAssets::leave_out_simulated(const assets::Unit& unit, duck::Connection& connection,
                                    const std::string& table, prompts::IngestResult& ingested,
                                    RunLog& log) {
  if (forgotten_.empty()) return false;
  const std::string user =
      fmt::format("gsa_generation({}, prompt_id, token_count, has_safety_keyword).user_id",
                  sim::parse_period(unit.partition).month_index());
  const std::int64_t rows = connection
                                .query(fmt::format("delete from {} where {}", table,
                                                   forgotten_.have(simulated_user_key(user))))
                                .rows_changed();
  ingested.rows -= rows;
  ingested.findings.push_back(forgotten_rows(rows));
  if (rows > 0) log.note(telemetry::described(ingested.findings.back()));
  return true;
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

// Nullopt if the published raw tables were made otherwise, or must be made anew.
std::optional<PublishedEvents> RawAssets::published_events(const assets::State& state) {
  if (makes_whole_ || options_.prompts_given) return std::nullopt;
  const auto without_files = [](assets::Code code) {
    code.erase(std::string(kSourceFiles));
    return code;
  };
  for (const assets::Asset& asset : assets()) {
    const auto made = state.published.find({asset.name, ""});
    if (made == state.published.end() || !assets::stands_as_made(asset, state)) return std::nullopt;
    const auto code = state.codes.find(made->second.code_version);
    if (code == state.codes.end() || without_files(code->second) != without_files(asset.code)) {
      return std::nullopt;
    }
  }
  const auto provenance = assets::read_provenance(connection_);
  if (!provenance) return std::nullopt;
  return PublishedEvents{
      published_prompts_metadata(state), provenance->findings, recorded_files(connection_),
      recorded_attributes(connection_, state.published.at({"raw_generations", ""}).metadata)};
}

std::vector<std::string> RawAssets::records_sql() const {
  if (behavior_ != Behavior::events) return {"drop table if exists ops.event_files"};
  check(events_ != nullptr, "events are read before they are published");
  return record_files_sql(events_->records());
}

assets::Made RawAssets::make_events(const std::string& asset, const std::string& table,
                                    const assets::RunState& state, RunLog& log) {
  if (asset == "raw_users") return events_->make_users(table);
  if (asset == "raw_generations") {
    return events_->make_generations(table, state.current_relation({"raw_prompts", ""}));
  }
  events_ = std::make_unique<EventAssets>(connection_, options_.events, event_files(),
                                          options_.prompts_given ? options_.prompts : 0,
                                          options_.simulation.seed, forgotten_);
  assets::Made made = events_->make_prompts(table, published_events(state.published()), log);
  add_typed_sources(options_, sources_, made.metadata);
  return made;
}

assets::Made RawAssets::make(const assets::Unit& unit, duck::Connection& connection,
                             const assets::RunState& state, assets::RowSums& sums, RunLog& log) {
  const std::string table = state.current_relation(unit);
  log.working(unit.asset, unit.asset,
              unit.asset == "raw_users" ? options_.simulation.users : options_.prompts);
  if (behavior_ == Behavior::events) return make_events(unit.asset, table, state, log);
  if (behavior_ == Behavior::observed) {
    if (unit.asset == "raw_prompts") return make_prompts(unit, connection_, table, sums, log);
    return make_observed(unit.asset, state);
  }
  if (unit.asset == "raw_prompts") return make_prompts(unit, connection, table, sums, log);
  if (unit.asset == "raw_users") {
    connection.execute(create_raw_users(table, options_.simulation));
    if (!forgotten_.empty()) {
      connection.execute(fmt::format("delete from {} where {}", table,
                                     forgotten_.have(simulated_user_key("user_id"))));
    }
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
  return numbered_texts(kTyped, published_prompts_metadata(state));
}

EventOptions published_event_options(const assets::State& state) {
  return recorded_event_options(published_prompts_metadata(state));
}

bool are_of_another_gsa(const std::vector<assets::Asset>& published) {
  return std::any_of(published.begin(), published.end(), [](const assets::Asset& asset) {
    const auto version = asset.code.find("code");
    return version != asset.code.end() && version->second != own_version();
  });
}

void require_own_raw_tables(const ProjectOptions& project, const assets::State& state) {
  if (!project.folder.empty() || !are_of_another_gsa(published_raw_assets(state))) return;
  throw Error("the raw tables were made by another version of gsa", "make them anew with: gsa run");
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
