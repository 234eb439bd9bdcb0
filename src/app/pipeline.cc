#include "app/pipeline.h"

#include <optional>
#include <unistd.h>

#include <fmt/format.h>

#include "app/fetch_progress.h"
#include "app/model_run.h"
#include "app/observed_tables.h"
#include "app/project.h"
#include "app/query_watch.h"
#include "app/summary.h"
#include "assets/warehouse.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/terminal.h"
#include "base/text.h"
#include "prompts/ingest.h"
#include "prompts/resolve.h"
#include "prompts/source.h"

namespace gsa::app {
namespace {

// Raised whenever the same options would make other raw tables than before.
constexpr int kRawTablesVersion = 3;
const std::vector<std::string> kRawTables = {"raw_prompts", "raw_users", "raw_generations"};

std::string hidden_table(const std::string& name) {
  return "main." + sql_name(assets::hidden(name));
}

std::string source_fingerprint(duck::Connection& connection,
                               const std::vector<std::string>& sources) {
  if (sources == std::vector<std::string>{prompts::kSynthetic}) return prompts::kSynthetic;
  return prompts::fingerprint_of(prompts::find_source_files(connection, sources));
}

class Pipeline {
 public:
  Pipeline(const PipelineOptions& options, const prompts::ResolvedSources& sources,
           duck::Connection& connection)
      : options_(options),
        sources_(sources),
        connection_(connection),
        watch_(connection, !options.common.quiet) {}

  void run(const dbt::Project& project);

 private:
  void make_raw_tables();
  void make_table(const std::string& table, std::int64_t rows, const std::string& create);
  void make_simulated(std::int64_t generations);
  void make_observed(const prompts::Observed& observed);
  void require_all_models(const std::optional<assets::Provenance>& published) const;
  std::string raw_fingerprint(const std::string& source) const;
  void run_query(const std::string& label, std::int64_t rows, const std::string& sql);
  void step(const std::string& text);
  void note(const std::string& text);

  const PipelineOptions& options_;
  const prompts::ResolvedSources& sources_;
  duck::Connection& connection_;
  QueryWatch watch_;
  Stopwatch step_watch_;
  assets::Provenance provenance_;
  bool raw_tables_kept_ = false;
};

void Pipeline::run_query(const std::string& label, std::int64_t rows, const std::string& sql) {
  watch_.begin(label, rows);
  connection_.execute(sql);
  watch_.end();
}

// "14:03:59  Made raw_users, 500 rows [0.01s]"
void Pipeline::step(const std::string& text) {
  if (!options_.common.quiet) {
    watch_.log(fmt::format("{}  {} [{:.2f}s]", clock_now(), text, step_watch_.seconds()));
  }
  step_watch_ = {};
}

void Pipeline::note(const std::string& text) {
  if (!options_.common.quiet) {
    watch_.log(
        fmt::format("{}  {} {}", clock_now(), paint(STDERR_FILENO, Ink::yellow, "note:"), text));
  }
}

std::string Pipeline::raw_fingerprint(const std::string& source) const {
  const SimulationOptions& simulation = options_.simulation;
  const std::string behavior =
      options_.behavior == Behavior::observed
          ? "observed"
          : fmt::format("users={} period={}", simulation.users, sim::describe(simulation.months));
  return fmt::format("v{} prompts={} seed={} {}\n{}", kRawTablesVersion, options_.prompts,
                     simulation.seed, behavior, source);
}

// A publication must not mix models of two different sets of raw tables.
void Pipeline::require_all_models(const std::optional<assets::Provenance>& published) const {
  if (options_.project.select.empty() && options_.project.exclude.empty()) return;
  if (!published) {
    throw Error(
        "nothing is published in this warehouse yet, so there is nothing to add selected models to",
        "run once without --select and --exclude");
  }
  throw Error(
      "the data would be made anew, so all models must be",
      "leave out --select and --exclude, or give the options of the published run: gsa summary "
      "shows them");
}

void Pipeline::make_raw_tables() {
  prompts::register_functions(connection_);
  if (!sources_.reason.empty()) {
    note(fmt::format("{}: {}",
                     sources_.name.empty() ? "the prompts are synthetic" : "the prompts are real",
                     sources_.reason));
  }
  const auto published = assets::read_provenance(connection_);
  const std::string fingerprint =
      raw_fingerprint(source_fingerprint(connection_, sources_.sources));
  if (!options_.full_refresh && published && published->raw_fingerprint == fingerprint) {
    provenance_ = *published;
    provenance_.source_reason = sources_.reason;
    raw_tables_kept_ = true;
    step(
        fmt::format("Kept the raw tables: {}, {} prompts, {} users and seed {} are those published",
                    published->source, with_thousands(published->prompts),
                    with_thousands(published->users), published->seed));
    return;
  }
  require_all_models(published);

  const bool observed = options_.behavior == Behavior::observed;
  const prompts::IngestResult ingested = prompts::ingest(
      connection_,
      {sources_.sources, options_.prompts, options_.simulation.seed, hidden_table("raw_prompts"),
       sources_.name, observed, observed ? 0 : options_.simulation.months.front().slot()},
      [this](const std::string& label, std::int64_t rows, const std::string& sql) {
        run_query(label, rows, sql);
      });
  for (const std::string& text : ingested.notes) note(text);
  step(fmt::format("Made raw_prompts, {} rows from {}", with_thousands(ingested.rows),
                   ingested.source));
  if (ingested.observed) {
    make_observed(*ingested.observed);
  } else {
    make_simulated(ingested.rows);
  }
  provenance_.source = ingested.source;
  provenance_.source_reason = sources_.reason;
  provenance_.prompts = ingested.rows;
  provenance_.prompts_in_source = ingested.rows_in_source;
  provenance_.prompts_skipped = ingested.skipped_empty;
  provenance_.seed = options_.simulation.seed;
  provenance_.behavior = name_of(options_.behavior);
  provenance_.raw_fingerprint = fingerprint;
  for (const prompts::Finding& finding : ingested.findings) {
    provenance_.findings.push_back({finding.what, finding.rule, finding.count});
  }
}

void Pipeline::make_table(const std::string& table, std::int64_t rows, const std::string& create) {
  run_query(table, rows, create);
  step(fmt::format("Made {}, {} rows", table, with_thousands(rows)));
}

void Pipeline::make_simulated(std::int64_t generations) {
  const SimulationOptions& simulation = options_.simulation;
  register_simulation(connection_, simulation);
  make_table("raw_users", simulation.users,
             create_raw_users(hidden_table("raw_users"), simulation));
  make_table("raw_generations", generations,
             create_raw_generations(hidden_table("raw_generations"), hidden_table("raw_prompts"),
                                    simulation.months.front()));
  provenance_.users = simulation.users;
  provenance_.period = sim::describe(simulation.months);
}

void Pipeline::make_observed(const prompts::Observed& observed) {
  register_observed_simulation(connection_, options_.simulation.seed);
  make_table("raw_users", observed.user_count,
             create_observed_users(hidden_table("raw_users"), observed));
  make_table(
      "raw_generations", observed.request_count,
      create_observed_generations(hidden_table("raw_generations"), hidden_table("raw_prompts"),
                                  hidden_table("raw_users"), observed));
  provenance_.users = observed.user_count;
  provenance_.period = observed_period(connection_, observed);
}

void Pipeline::run(const dbt::Project& project) {
  make_raw_tables();
  ModelRunOptions model_options{options_.project, options_.full_refresh, options_.common.quiet, {}};
  std::vector<assets::PublishedRelation> raw_tables;
  for (const std::string& table : kRawTables) raw_tables.push_back({"main", table, ""});
  if (!raw_tables_kept_) model_options.raw_tables = kRawTables;

  ModelRun models = build_models(connection_, project, model_options, watch_);
  provenance_.project = describe_project(options_.project);
  if (raw_tables_kept_) {
    publish_models(connection_, models, raw_tables, provenance_, watch_);
  } else {
    models.relations.insert(models.relations.end(), raw_tables.begin(), raw_tables.end());
    publish_models(connection_, models, {}, provenance_, watch_);
  }
}

}  // namespace

std::string_view name_of(Behavior behavior) {
  return behavior == Behavior::observed ? "observed" : "simulated";
}

void run_pipeline(const PipelineOptions& options) {
  const dbt::Project project = load_project(options.project);
  if (!options.common.quiet) print_warnings(project);
  // Before the warehouse is locked: a download may take minutes.
  FetchProgress download("downloading", options.common.quiet);
  const prompts::ResolvedSources sources = prompts::resolve(options.sources, download.events());
  download.finish();
  const duck::Database database =
      assets::open_warehouse(options.common.warehouse, assets::Access::write);
  duck::Connection connection = database.connect();
  Pipeline(options, sources, connection).run(project);
  fmt::print("\n{}", report(connection, ReportFormat::table));
}

}  // namespace gsa::app
