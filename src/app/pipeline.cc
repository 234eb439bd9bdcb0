#include "app/pipeline.h"

#include <optional>
#include <unistd.h>

#include <fmt/format.h>

#include "app/model_run.h"
#include "app/project.h"
#include "app/query_watch.h"
#include "app/summary.h"
#include "assets/warehouse.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/terminal.h"
#include "base/text.h"
#include "prompts/ingest.h"
#include "prompts/source.h"

namespace gsa::app {
namespace {

// Raised whenever the same options would make other raw tables than before.
constexpr int kRawTablesVersion = 1;
const std::vector<std::string> kRawTables = {"raw_prompts", "raw_users", "raw_generations"};

std::string hidden_table(const std::string& name) {
  return "main." + sql_name(assets::hidden(name));
}

std::string source_fingerprint(duck::Connection& connection,
                               const std::vector<std::string>& sources) {
  if (sources == std::vector<std::string>{"synthetic"}) return "synthetic";
  return prompts::fingerprint_of(prompts::find_source_files(connection, sources));
}

class Pipeline {
 public:
  Pipeline(const PipelineOptions& options, duck::Connection& connection)
      : options_(options), connection_(connection), watch_(connection, !options.common.quiet) {}

  void run(const dbt::Project& project);

 private:
  void make_raw_tables();
  void require_all_models(const std::optional<assets::Provenance>& published) const;
  std::string raw_fingerprint(const std::string& source) const;
  void run_query(const std::string& label, std::int64_t rows, const std::string& sql);
  void step(const std::string& text);
  void note(const std::string& text);

  const PipelineOptions& options_;
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
  return fmt::format("v{} prompts={} users={} seed={} period={}\n{}", kRawTablesVersion,
                     options_.prompts, simulation.users, simulation.seed, simulation.period.name(),
                     source);
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
  const auto published = assets::read_provenance(connection_);
  const std::string fingerprint =
      raw_fingerprint(source_fingerprint(connection_, options_.sources));
  if (!options_.full_refresh && published && published->raw_fingerprint == fingerprint) {
    provenance_ = *published;
    raw_tables_kept_ = true;
    step(
        fmt::format("Kept the raw tables: {}, {} prompts, {} users and seed {} are those published",
                    published->source, with_thousands(published->prompts),
                    with_thousands(published->users), published->seed));
    return;
  }
  require_all_models(published);

  const SimulationOptions& simulation = options_.simulation;
  const prompts::IngestResult ingested = prompts::ingest(
      connection_,
      {options_.sources, options_.prompts, simulation.seed, hidden_table("raw_prompts")},
      [this](const std::string& label, std::int64_t rows, const std::string& sql) {
        run_query(label, rows, sql);
      });
  for (const std::string& text : ingested.notes) note(text);
  step(fmt::format("Made raw_prompts, {} rows from {}", with_thousands(ingested.rows),
                   ingested.source));

  register_simulation(connection_, simulation);
  run_query("raw_users", simulation.users, create_raw_users(hidden_table("raw_users"), simulation));
  step(fmt::format("Made raw_users, {} rows", with_thousands(simulation.users)));
  run_query("raw_generations", ingested.rows,
            create_raw_generations(hidden_table("raw_generations"), hidden_table("raw_prompts")));
  step(fmt::format("Made raw_generations, {} rows", with_thousands(ingested.rows)));

  provenance_.source = ingested.source;
  provenance_.prompts = ingested.rows;
  provenance_.prompts_in_source = ingested.rows_in_source;
  provenance_.prompts_skipped = ingested.skipped_empty;
  provenance_.users = simulation.users;
  provenance_.seed = simulation.seed;
  provenance_.behavior = "simulated";
  provenance_.period = simulation.period.name();
  provenance_.raw_fingerprint = fingerprint;
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

void run_pipeline(const PipelineOptions& options) {
  const dbt::Project project = load_project(options.project);
  if (!options.common.quiet) print_warnings(project);
  const duck::Database database =
      assets::open_warehouse(options.common.warehouse, assets::Access::write);
  duck::Connection connection = database.connect();
  Pipeline(options, connection).run(project);
  fmt::print("\n{}", report(connection, ReportFormat::table));
}

}  // namespace gsa::app
