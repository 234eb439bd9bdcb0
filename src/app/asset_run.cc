#include "app/asset_run.h"

#include <algorithm>
#include <memory>
#include <thread>

#include <fmt/format.h>

#include "app/run_log.h"
#include "assets/checksum.h"
#include "assets/engine.h"
#include "assets/recorder.h"
#include "assets/warehouse.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "dbt/compile.h"
#include "dbt/graph.h"
#include "dbt/report.h"
#include "dbt/runner.h"
#include "dbt/selector.h"

namespace gsa::app {
namespace {

// Each lane waits for DuckDB, whose threads do the work: more lanes than this gain nothing and take
// memory.
constexpr std::size_t kMostLanes = 4;

std::size_t lanes_for(int threads) {
  const std::size_t cores =
      threads > 0 ? static_cast<std::size_t>(threads) : std::thread::hardware_concurrency();
  return std::clamp<std::size_t>(cores, 1, kMostLanes);
}

std::string sample_json(const dbt::SampleRows& sample) {
  std::vector<std::string> rows;
  for (const auto& row : sample.rows) {
    std::vector<std::string> cells;
    for (std::size_t c = 0; c < row.size(); ++c) {
      cells.push_back(json_quote(sample.columns[c]) + ": " +
                      (row[c] ? json_quote(*row[c]) : "null"));
    }
    rows.push_back("{" + join(cells, ", ") + "}");
  }
  return rows.empty() ? "" : "[" + join(rows, ", ") + "]";
}

// The run as the engine sees it: how models are built and tests are asked.
class Maker {
 public:
  Maker(const duck::Database& database, const AssetRun& run, assets::Recorder* recorder)
      : run_(run),
        log_(run.catalog, run.project, run.common.quiet),
        connection_(database.connect()),
        runner_(run.project, connection_, node_options()),
        published_(run.project, {}),
        work_{[this](const assets::Unit& unit, duck::Connection& lane) { return make(unit, lane); },
              [this](const assets::Asset& asset) {
                return published_.compile(node_of(run_.catalog.models, asset.name)).text();
              },
              [this](const assets::Check& check, duck::Connection& lane,
                     assets::CheckOutcome& outcome) { ask(check, lane, outcome); }},
        engine_(database, engine_options(), work_, recorder, log_) {}

  assets::Engine& engine() { return engine_; }
  RunLog& log() { return log_; }

 private:
  dbt::NodeRunOptions node_options() {
    dbt::NodeRunOptions options;
    options.full_refresh = run_.full_refresh;
    options.relation = [this](const dbt::Relation& relation) {
      dbt::Relation current = relation;
      if (relation.database.empty()) {
        current.name = engine_.current_name(relation.schema, relation.name);
      }
      return current;
    };
    return options;
  }

  assets::EngineOptions engine_options() const {
    assets::EngineOptions options{run_.catalog.graph, run_.catalog.checks, run_.state, run_.plan,
                                  run_.sources,       run_.baseline,       1,          {}};
    options.lanes = lanes_for(run_.common.warehouse.threads);
    if (run_.raw != nullptr) options.others = {&run_.raw->connection()};
    return options;
  }

  const dbt::Node& node_of(const std::map<std::string, std::size_t>& names,
                           const std::string& name) const {
    return run_.project.nodes()[names.at(name)];
  }

  assets::Made make(const assets::Unit& unit, duck::Connection& lane) {
    if (run_.raw != nullptr && is_raw_table(unit.asset)) {
      return run_.raw->make(unit, lane, engine_,
                            [this](const std::string& text) { log_.note(text); });
    }
    const dbt::Node& node = node_of(run_.catalog.models, unit.asset);
    if (node.model.materialized == dbt::Materialization::incremental) copy_published(node, lane);
    const dbt::NodeResult result = runner_.run(node, lane);
    log_.keep(result);
    throw_if_failed(result);
    return {result.rows, {}};
  }

  // An incremental model adds to what is published: to a copy, until it is published in turn.
  void copy_published(const dbt::Node& node, duck::Connection& lane) {
    const dbt::Relation& published = node.relation;
    const assets::Standing* standing = run_.state.find(published.schema, published.name);
    if (standing == nullptr || standing->is_view ||
        node.model.full_refresh.value_or(run_.full_refresh)) {
      return;
    }
    dbt::Relation copy = published;
    copy.name = assets::hidden(published.name);
    lane.execute(fmt::format("create or replace table {} as from {}", dbt::to_sql(copy),
                             dbt::to_sql(published)));
    runner_.relations().set(copy, dbt::RelationKind::table);
  }

  static void throw_if_failed(const dbt::NodeResult& result) {
    if (result.status != dbt::Status::error) return;
    if (result.sql_error == duck::SqlErrorKind::io) {
      throw assets::TransientError(result.message, result.hint);
    }
    throw Error(result.message, result.hint);
  }

  void ask(const assets::Check& check, duck::Connection& lane, assets::CheckOutcome& outcome) {
    const dbt::NodeResult result = runner_.run(node_of(run_.catalog.tests, check.name), lane);
    log_.keep(result);
    throw_if_failed(result);
    outcome.status = result.status == dbt::Status::warn   ? "warn"
                     : result.status == dbt::Status::fail ? "fail"
                                                          : "pass";
    outcome.failures = result.failures;
    outcome.condition = result.condition;
    outcome.sample = sample_json(result.sample);
    if (outcome.status != "pass") {
      outcome.message = fmt::format("{} rows, configured to {} if {}", result.failures,
                                    outcome.status, result.condition);
    }
  }

  const AssetRun& run_;
  RunLog log_;
  duck::Connection connection_;
  dbt::NodeRunner runner_;
  dbt::Compiler published_;
  assets::Work work_;
  assets::Engine engine_;
};

std::string counted(std::size_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

// What a run that failed comes down to. `outcome` ends the message: "nothing was published".
Error failure_of(const assets::EngineResult& result, const RunLog& log,
                 const std::string& outcome) {
  if (log.raw_failure()) return *log.raw_failure();
  if (result.errors > 0) {
    return Error(fmt::format("{} could not run; {}",
                             counted(result.errors, "model or test", "models and tests"), outcome));
  }
  return Error(
      fmt::format("{} failed; {}", counted(result.failed_checks, "data test", "data tests"),
                  outcome),
      "the rows above break it: mend the data or the model, or give the test severity: warn",
      ErrorCode::tests_failed);
}

std::string listed(const std::set<std::string>& names) {
  return join({names.begin(), names.end()}, ", ");
}

// What the raw tables will be made of once the run is published: by unit of the graph.
std::vector<assets::Materialization> raw_materializations(const AssetRun& run,
                                                          const assets::Engine& engine) {
  std::vector<assets::Materialization> all;
  for (const assets::Asset& asset : run.catalog.graph.assets()) {
    if (!is_raw_table(asset.name)) continue;
    std::vector<std::string> partitions = asset.partitions;
    if (partitions.empty()) partitions.emplace_back();
    for (const std::string& partition : partitions) {
      const assets::Unit unit = {asset.name, partition};
      if (const auto made = engine.made(unit)) {
        all.push_back(*made);
      } else if (const auto published = run.state.published.find(unit);
                 published != run.state.published.end()) {
        all.push_back(published->second);
      }
    }
  }
  return all;
}

void publish(duck::Connection& connection, const AssetRun& run, Maker& maker,
             const assets::EngineResult& result, assets::Recorder& recorder,
             assets::RunTotals totals, assets::Provenance provenance) {
  const auto begun = std::chrono::system_clock::now();
  assets::Publication publication = maker.engine().publication(result, run.complete);
  const bool raw_held_back =
      std::any_of(result.held_back.begin(), result.held_back.end(), is_raw_table);
  if (raw_held_back) {
    provenance = assets::read_provenance(connection).value_or(provenance);
  } else if (run.raw != nullptr) {
    describe_raw_tables(raw_materializations(run, maker.engine()), provenance);
  }
  publication.provenance = std::move(provenance);
  totals.published = true;
  recorder.event("info", "", "publication",
                 counted(publication.made.size(), "relation", "relations"));
  assets::StepRecord step;
  step.step = maker.engine().steps_begun() + 1;
  step.name = step.kind = "publication";
  step.status = "success";
  step.begun = begun;
  step.ended = std::chrono::system_clock::now();
  step.seconds = std::chrono::duration<double>(step.ended - begun).count();
  recorder.step(step);
  std::vector<std::string> records = recorder.take();
  std::move(publication.records.begin(), publication.records.end(), std::back_inserter(records));
  for (std::string& statement : recorder.ending(totals, run.record.history_days)) {
    records.push_back(std::move(statement));
  }
  publication.records = std::move(records);
  assets::publish(connection, publication);
}

// Puts the end of a run on record that published nothing; what is wrong is thrown by the caller.
void end_unpublished(duck::Connection& connection, assets::Recorder& recorder,
                     assets::RunTotals totals, const Error& error, const AssetRun& run) {
  totals.status = error.code() == ErrorCode::interrupted ? "interrupted" : "failed";
  totals.message = error.message();
  try {
    assets::drop_hidden(connection);
    recorder.end(totals, run.record.history_days);
  } catch (const Error&) {
    return;  // the next command finds the run as one that was killed, and drops what it left
  }
}

}  // namespace

duck::Database open_for_run(const CommonOptions& common, const RecordOptions& record,
                            assets::Access access) {
  if (!record.wait) return assets::open_warehouse(common.warehouse, access);
  return assets::wait_for_warehouse(common.warehouse, access, [&](const std::string& message) {
    if (!common.quiet) fmt::print(stderr, "{}; waiting\n", message);
  });
}

duck::Database open_for_records(const CommonOptions& common, const RecordOptions& record,
                                bool& writable) {
  try {
    writable = true;
    return open_for_run(common, record, assets::Access::change);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) throw;
    writable = false;
    return open_for_run(common, record, assets::Access::read);
  }
}

std::optional<Selection> select_assets(const ProjectOptions& options, const dbt::Project& project,
                                       const Catalog& catalog, const assets::Plan& plan) {
  if (options.select.empty() && options.exclude.empty()) return std::nullopt;
  const dbt::NodeSet nodes =
      dbt::select_nodes(project, join(options.select, " "), join(options.exclude, " "),
                        {{"stale", nodes_of(project, plan.stale())}});
  Selection selection;
  selection.assets = assets_of(project, nodes);
  for (const auto& [name, index] : catalog.tests) {
    if (nodes.contains(index)) selection.checks.insert(name);
  }
  return selection;
}

assets::Plan plan_selection(const Selection& selection, const Catalog& catalog,
                            const assets::State& state, assets::PlanOptions options) {
  options.only = selection.assets;
  assets::Plan plan = assets::make_plan(catalog.graph, catalog.checks, state, options);
  for (std::size_t i = 0; i < catalog.checks.size(); ++i) {
    plan.checks_due[i] = selection.checks.contains(catalog.checks[i].name);
  }
  return plan;
}

assets::Versions versions_of_sources(duck::Connection& connection, const Catalog& catalog,
                                     const assets::State& state) {
  assets::Versions versions;
  for (const assets::Asset& asset : catalog.graph.assets()) {
    if (asset.kind != assets::AssetKind::source) continue;
    const auto published = assets::published_version(asset, state);
    if (published && assets::stands_as_made(asset, state)) {
      versions[asset.name] = *published;
      continue;
    }
    try {
      versions[asset.name] =
          assets::contents_of(connection, sql_name(asset.schema) + "." + sql_name(asset.relation))
              .data_version;
    } catch (const duck::SqlError&) {
      continue;  // who reads it will say what is wrong
    }
  }
  return versions;
}

std::string fresh_line(const assets::Plan& plan) {
  return fmt::format(
      "{}  Nothing is stale: {} up to date", clock_now(),
      plan.units.size() == 1 ? "1 asset is" : fmt::format("{} assets are", plan.units.size()));
}

std::vector<std::string> plan_lines(const assets::Plan& plan) {
  std::vector<std::pair<std::string, std::vector<std::string>>> reasons;  // in order of appearance
  std::size_t count = 0;
  for (const assets::PlannedUnit& planned : plan.units) {
    if (!planned.reason) continue;
    ++count;
    const auto same = std::find_if(reasons.begin(), reasons.end(), [&](const auto& entry) {
      return entry.first == *planned.reason;
    });
    if (same == reasons.end()) {
      reasons.push_back({*planned.reason, {to_string(planned.unit)}});
    } else {
      same->second.push_back(to_string(planned.unit));
    }
  }
  std::vector<std::string> lines;
  if (count == 0) return lines;
  lines.push_back(fmt::format("{} to make", counted(count, "asset", "assets")));
  for (const auto& [reason, names] : reasons) {
    lines.push_back(fmt::format("  {}: {}", join(names, ", "), reason));
  }
  return lines;
}

void run_assets(const duck::Database& database, const AssetRun& run,
                assets::Provenance provenance) {
  duck::Connection connection = database.connect();
  assets::Recorder recorder(database, {run.command, run.options, run.baseline,
                                       run.common.warehouse.threads, GSA_VERSION});
  assets::RunTotals totals;
  bool published = false;
  try {
    Maker maker(database, run, &recorder);
    for (const std::string& line : plan_lines(run.plan)) maker.log().line(line);
    if (run.raw != nullptr) run.raw->prepare();
    const assets::EngineResult result = maker.engine().run();
    maker.log().summarize();
    totals = result.totals;
    if (result.errors > 0) throw failure_of(result, maker.log(), "nothing was published");
    // A commit that is told to stop may have happened all the same, and "nothing was changed" would
    // be untrue: what takes only moments runs to its end.
    maker.engine().stop_interrupting();
    const bool any = std::any_of(result.made.begin(), result.made.end(), [&](const auto& unit) {
      return !result.held_back.contains(unit.asset);
    });
    std::optional<Error> failure;
    totals.status = "success";
    if (result.failed_checks > 0) {
      failure =
          failure_of(result, maker.log(),
                     any ? "held back: " + listed(result.held_back) : "nothing was published");
      if (!any) throw Error(*failure);
      totals.status = "failed";
      totals.message = failure->message();
    }
    publish(connection, run, maker, result, recorder, totals, std::move(provenance));
    published = true;
    if (!failure) return;
    assets::drop_hidden(connection);
    throw Error(*failure);
  } catch (const Error& error) {
    if (!published) end_unpublished(connection, recorder, totals, error, run);
    throw;
  }
}

void ask_checks(const duck::Database& database, const AssetRun& run, bool recorded) {
  std::unique_ptr<assets::Recorder> recorder;
  if (recorded) {
    recorder = std::make_unique<assets::Recorder>(
        database, assets::RunHeader{run.command, run.options, run.baseline,
                                    run.common.warehouse.threads, GSA_VERSION});
  }
  assets::RunTotals totals;
  std::optional<Error> failure;
  try {
    Maker maker(database, run, recorder.get());
    const assets::EngineResult result = maker.engine().run();
    maker.log().summarize();
    totals = result.totals;
    if (!result.succeeded()) {
      failure = failure_of(result, maker.log(), "the warehouse is as it was");
    }
  } catch (const Error& error) {
    failure = error;
  }
  totals.status = !failure                                    ? "success"
                  : failure->code() == ErrorCode::interrupted ? "interrupted"
                                                              : "failed";
  if (failure) totals.message = failure->message();
  if (recorder) recorder->end(totals, run.record.history_days);
  if (failure) throw Error(*failure);
}

}  // namespace gsa::app
