#include "pipeline/asset_run.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <thread>

#include <fmt/format.h>

#include "assets/checksum.h"
#include "assets/engine.h"
#include "assets/recorder.h"
#include "assets/snapshot.h"
#include "assets/warehouse.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"
#include "dbt/compile.h"
#include "dbt/node_graph.h"
#include "dbt/report.h"
#include "dbt/runner.h"
#include "dbt/selector.h"
#include "pipeline/maker.h"
#include "pipeline/run_log.h"
#include "pipeline/semantic_record.h"
#include "remote/remote_target.h"

namespace gsa::pipeline {
namespace {

int threads_of(const assets::WarehouseOptions& options) {
  return options.threads > 0 ? options.threads
                             : static_cast<int>(std::thread::hardware_concurrency());
}

std::string listed(const std::set<std::string>& names) {
  return join({names.begin(), names.end()}, ", ");
}

// The materializations of the raw tables as they will be after the publication, by unit of the
// graph.
std::vector<assets::Materialization> raw_materializations(const AssetRun& run,
                                                          const assets::RunState& state) {
  std::vector<assets::Materialization> all;
  for (const assets::Asset& asset : run.catalog.graph.assets()) {
    if (!is_raw_table(asset.name)) continue;
    std::vector<std::string> partitions = asset.partitions;
    if (partitions.empty()) partitions.emplace_back();
    for (const std::string& partition : partitions) {
      const assets::Unit unit = {asset.name, partition};
      if (const auto made = state.made(unit)) {
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
    describe_raw_tables(raw_materializations(run, maker.engine().state()), provenance);
  }
  publication.provenance = std::move(provenance);
  // If the raw tables stay as published, so do their words.
  std::vector<std::string> words = maker.publish_words(connection);
  if (raw_held_back) words.clear();
  const std::string semantic_record = semantic_record_sql(
      connection, run.project, [&](const std::string& schema, const std::string& name) {
        return maker.engine().state().current_name(schema, name);
      });
  assets::RecordBatch records = recorder.take();
  const assets::RecordBatch before = records;
  totals.published = true;
  recorder.event("info", "", "publication",
                 counted(std::ssize(publication.made), "relation", "relations"));
  assets::StepRecord step;
  step.step = maker.engine().steps_begun() + 1;
  step.name = step.asset = step.kind = "publication";
  step.status = assets::StepStatus::success;
  step.lane = 1;
  step.started_at = begun;
  const auto ended = std::chrono::system_clock::now();
  step.ended_at = ended;
  step.seconds = std::chrono::duration<double>(ended - begun).count();
  recorder.step(step);
  records.add(recorder.take());
  records.add(std::move(publication.records));
  records.add({{}, recorder.ending(totals, run.record.history_days)});
  records.statements.insert(records.statements.end(), words.begin(), words.end());
  records.statements.push_back(semantic_record);
  if (run.raw != nullptr && !raw_held_back && maker.engine().state().made({"raw_prompts", ""})) {
    for (std::string& statement : run.raw->records_sql()) {
      records.statements.push_back(std::move(statement));
    }
  }
  records.statements.insert(records.statements.end(), run.statements.begin(), run.statements.end());
  publication.records = std::move(records);
  try {
    if (run.remote != nullptr) run.remote->publish(publication, result.held_back);
    assets::publish(connection, publication);
  } catch (const Error&) {
    recorder.put_back(before);  // everything except that it was published
    throw;
  }
}

bool holds_back_published(const assets::EngineResult& result, const assets::State& state) {
  return std::any_of(state.shown.begin(), state.shown.end(), [&](const auto& relation) {
    return result.held_back.contains(relation.unit.asset);
  });
}

// Records the end of a run that published nothing. The caller throws the error itself.
void end_unpublished(duck::Connection& connection, assets::Recorder& recorder,
                     assets::RunTotals totals, const Error& error, const AssetRun& run) {
  totals.status = assets::status_after(&error);
  totals.message = error.message();
  try {
    assets::drop_hidden(connection);
    recorder.end(totals, run.record.history_days);
  } catch (const Error&) {
    return;  // the next command finds a killed run and drops its leftovers
  }
}

}  // namespace

duck::Database open_for_run(CommonOptions common, const RecordOptions& record,
                            assets::Access access, bool few_rows) {
  common.warehouse.keeps_memory = access != assets::Access::read && !few_rows;
  if (few_rows && common.warehouse.threads == 0 && !common.host->shares_warehouse()) {
    common.warehouse.threads = 1;
  }
  common.warehouse.watches_progress = !common.quiet && common.invocation().err.is_terminal();
  if (!record.wait) return common.open(access);
  return assets::wait_for_warehouse([&] { return common.open(access); },
                                    [&](const std::string& message) {
                                      if (!common.quiet)
                                        fmt::print(common.err(), "{}; waiting\n", message);
                                    },
                                    common.invocation().stop);
}

duck::Database open_or_in_memory(const CommonOptions& common, const RecordOptions& record,
                                 assets::Access access) {
  std::error_code ignored;
  if (std::filesystem::exists(common.warehouse.path, ignored)) {
    return open_for_run(common, record, access);
  }
  duck::DatabaseOptions options;
  options.threads = common.warehouse.threads;
  options.memory_limit = common.warehouse.memory_limit;
  return duck::Database(options);
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
  Selection selection;
  selection.by_default =
      options.select.empty() && options.exclude.empty() && options.selector.empty();
  if (selection.by_default && !dbt::has_default_selector(project)) return std::nullopt;
  const dbt::NodeSet nodes = dbt::select_nodes(
      project, {join(options.select, " "), join(options.exclude, " "), options.selector},
      {{"stale", nodes_of(project, plan.stale())}}, selection.warnings);
  selection.assets = assets_of(project, nodes);
  for (const auto& [name, index] : catalog.tests) {
    if (nodes.contains(index)) selection.checks.insert(name);
  }
  return selection;
}

void print_warnings(const Selection& selection, const CommonOptions& common) {
  for (const std::string& warning : selection.warnings) common.warn(warning);
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

namespace {

std::string read_version(duck::Connection& connection, const assets::Asset& asset,
                         const std::string& partition) {
  const auto [schema, name] = assets::relation_of(asset, partition);
  return assets::contents_of(connection, sql_name(schema) + "." + sql_name(name)).data_version;
}

std::string read_version(duck::Connection& connection, const assets::Asset& asset) {
  if (asset.partitions.empty()) return read_version(connection, asset, "");
  std::vector<std::pair<std::string, std::string>> versions;
  for (const std::string& partition : asset.partitions) {
    versions.emplace_back(partition, read_version(connection, asset, partition));
  }
  return assets::combined_version(versions);
}

}  // namespace

assets::Versions versions_of_sources(duck::Connection& connection, const Catalog& catalog,
                                     const assets::State& state, bool trusts_records) {
  assets::Versions versions;
  for (const assets::Asset& asset : catalog.graph.assets()) {
    if (asset.kind != assets::AssetKind::source || asset.relation.empty()) continue;
    const auto published = assets::published_version(asset, state);
    if (trusts_records && published && assets::stands_as_made(asset, state)) {
      versions[asset.name] = *published;
      continue;
    }
    try {
      versions[asset.name] = read_version(connection, asset);
    } catch (const duck::SqlError&) {
      continue;  // its reader will report the error
    }
  }
  return versions;
}

namespace {

// The listener of the run: the caller's, or one from the host. Released when the run ends.
class Audience {
 public:
  Audience(RunAudience* given, Host& host) : audience_(given) {
    if (given != nullptr) return;
    own_ = host.audience();
    audience_ = own_.get();
  }
  ~Audience() {
    if (audience_ != nullptr) audience_->run_ended();
  }
  Audience(const Audience&) = delete;
  Audience& operator=(const Audience&) = delete;
  RunAudience* get() const { return audience_; }

 private:
  std::unique_ptr<RunAudience> own_;
  RunAudience* audience_;
};

// Renews the file that other processes read, if somebody ever asked for it. gsa serve renews its
// own.
void renew_snapshot(const duck::Database& database, const AssetRun& run) {
  if (run.audience != nullptr || run.common.host->shares_warehouse()) return;
  try {
    assets::renew_snapshot(database, run.common.warehouse.path);
  } catch (const Error& error) {
    run.common.note(error.message());
  }
}

}  // namespace

std::string fresh_line(const assets::Plan& plan) {
  return fmt::format(
      "{}  Nothing is stale: {} up to date", clock_now(),
      plan.units.size() == 1 ? "1 asset is" : fmt::format("{} assets are", plan.units.size()));
}

std::vector<std::string> plan_lines(const assets::Plan& plan, bool all) {
  std::vector<std::pair<std::string, std::vector<std::string>>> reasons;  // in order of appearance
  std::vector<std::string> behind;
  std::size_t count = 0;
  for (const assets::PlannedUnit& planned : plan.units) {
    if (!planned.reason) continue;
    ++count;
    if (planned.depends_on_outcome && !all) {
      behind.push_back(to_string(planned.unit));
      continue;
    }
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
  if (!plan.gone.empty()) {
    lines.push_back(fmt::format("no longer in the project: {}", listed(plan.gone)));
  }
  if (!plan.left.empty()) {
    lines.push_back(fmt::format("no longer in the project, left in place: {}", listed(plan.left)));
  }
  if (count == 0) return lines;
  lines.push_back(
      fmt::format("{} to make", counted(static_cast<std::int64_t>(count), "asset", "assets")));
  for (const auto& [reason, names] : reasons) {
    lines.push_back(fmt::format("  {}: {}", join(names, ", "), reason));
  }
  if (!behind.empty()) lines.push_back("  and what hangs on these: " + join(behind, ", "));
  return lines;
}

void run_assets(const duck::Database& database, const AssetRun& asked,
                assets::Provenance provenance) {
  const Audience audience(asked.audience, *asked.common.host);
  AssetRun run = asked;
  run.audience = audience.get();
  duck::Connection connection = database.connect();
  prepare_session(connection, run.project);
  std::optional<assets::Recorder> own;
  if (run.recorder == nullptr) {
    own.emplace(database, assets::RunHeader{run.command, run.options, run.baseline,
                                            threads_of(run.common.warehouse), GSA_VERSION});
    if (run.audience != nullptr) run.audience->run_began(own->run_id());
  } else {
    run.recorder->set_baseline(run.baseline);
  }
  assets::Recorder& recorder = own ? *own : *run.recorder;
  assets::RunTotals totals;
  bool published = false;
  try {
    Maker maker(database, run, &recorder);
    for (const std::string& line : plan_lines(run.plan, false)) maker.log().line(line);
    if (run.raw != nullptr) run.raw->prepare(run.full_refresh, maker.log());
    const assets::EngineResult result = maker.engine().run();
    maker.log().summarize();
    totals = result.totals;
    if (result.errors > 0) throw failure_of(result, maker.log(), "nothing was published");
    // From here on Ctrl-C must not interrupt: an interrupted commit may have happened all the same,
    // and "nothing was changed" would be untrue. The rest takes only moments.
    maker.engine().stop_interrupting();
    const bool any = std::any_of(result.made.begin(), result.made.end(), [&](const auto& unit) {
      return !result.held_back.contains(unit.asset);
    });
    std::optional<Error> failure;
    totals.status = assets::RunStatus::success;
    if (result.failed_checks > 0) {
      failure = failure_of(result, maker.log(),
                           !any                       ? "nothing was published"
                           : result.held_back.empty() ? "nothing was held back"
                                                      : "held back: " + listed(result.held_back));
      if (!any) throw Error(*failure);
      if (run.whole && holds_back_published(result, run.state)) {
        throw failure_of(result, maker.log(), "nothing was changed");
      }
      totals.status = assets::RunStatus::failed;
      totals.message = failure->message();
    }
    publish(connection, run, maker, result, recorder, totals, std::move(provenance));
    published = true;
    // Also drops months that an earlier run left and this one did not need.
    const bool all = run.raw != nullptr;
    assets::drop_hidden(connection, [&](const std::string& schema, const std::string&) {
      return all || schema != assets::kPartitionSchema;
    });
    renew_snapshot(database, run);
    if (failure) throw Error(*failure);
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
                                    threads_of(run.common.warehouse), GSA_VERSION});
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
  totals.status = assets::status_after(failure ? &*failure : nullptr);
  if (failure) totals.message = failure->message();
  if (recorder) recorder->end(totals, run.record.history_days);
  if (failure) throw Error(*failure);
}

}  // namespace gsa::pipeline
