#pragma once

// For tests: a pipeline of SQL assets in its own database. Plans, runs and publishes it as
// src/pipeline/asset_run.cc does.

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "assets/change_maker.h"
#include "assets/engine.h"
#include "assets/plan.h"
#include "assets/publication.h"
#include "assets/recorder.h"
#include "assets/state.h"
#include "assets/warehouse.h"
#include "base/text.h"
#include "duck/relation_list.h"

namespace gsa::assets {

using Texts = std::map<std::string, std::string>;
using Names = std::set<std::string>;
using Lines = std::vector<std::string>;

struct Told : Listener {
  void begun(const StepRecord& step) override { begun_steps.push_back(step.name); }
  void ended(const StepRecord& step, const Error* /*failure*/, std::size_t number,
             std::size_t total) override {
    steps[to_string({step.name, step.partition})] = step;
    numbers.push_back(fmt::format("{} of {}", number, total));
  }
  void note(const std::string& text) override { notes.push_back(text); }
  void pulse(const std::vector<duck::Connection>& /*lanes*/) override {
    if (on_pulse) on_pulse();
  }

  Lines begun_steps, numbers, notes;
  std::map<std::string, StepRecord> steps;
  std::function<void()> on_pulse;
};

// The outcome of a run.
struct Ran {
  Texts made;         // the units that were built, and why
  Names held_back;    // assets
  Texts ended;        // steps, with their status
  std::string error;  // of the run; empty: it succeeded
  bool published = false;
  std::int64_t run_id = 0;  // 0: there was nothing to do
  Told told;

  const StepRecord& step(const std::string& name) const { return told.steps.at(name); }
};

class Pipeline {
 public:
  explicit Pipeline(const std::string& path = ":memory:")
      : database(options_of(path)), connection(database.connect()) {}

  // Adds or replaces an asset with the rows of `sql`. In it, {x} reads the asset x, which so
  // becomes an input, and {partition} is the partition.
  Asset& add(AssetKind kind, const std::string& name, const std::string& sql) {
    Asset& asset = assets_[name];
    asset.name = asset.relation = name;
    asset.kind = kind;
    asset.schema = "main";
    asset.inputs = names_in(sql);
    sql_[name] = sql;
    return asset;
  }
  Asset& table(const std::string& name, const std::string& sql) {
    return add(AssetKind::table, name, sql);
  }
  Asset& view(const std::string& name, const std::string& sql) {
    return add(AssetKind::view, name, sql);
  }
  Asset& asset(const std::string& name) { return assets_.at(name); }
  void remove(const std::string& name) { assets_.erase(name); }

  // Adds a check that fails if `sql` counts anything.
  Check& check(const std::string& name, const std::string& sql) {
    const auto known = std::find_if(checks.begin(), checks.end(),
                                    [&](const Check& check) { return check.name == name; });
    Check& check = known == checks.end() ? checks.emplace_back() : *known;
    check.name = name;
    check.kind = "data test";
    check.inputs = names_in(sql);
    check.asset = check.inputs.empty() ? "" : check.inputs.front();
    check.code = {{"sql", sql}};
    sql_[name] = sql;
    return check;
  }

  Graph graph() const {
    std::vector<Asset> all;
    for (const auto& [name, asset] : assets_) {
      all.push_back(asset);
      if (asset.kind == AssetKind::source) continue;
      const auto inlined = [&](const std::string& input) {
        return assets_.at(input).kind == AssetKind::ephemeral ? "" : "{" + input + "}";
      };
      all.back().code["sql"] = render(sql_.at(name), "{partition}", inlined);
    }
    return Graph(std::move(all));
  }

  PlanOptions with_sources(PlanOptions options) const {
    options.sources = sources;
    return options;
  }
  Plan plan(const PlanOptions& options = {}) {
    return make_plan(graph(), checks, read_state(connection), with_sources(options));
  }
  // The reason to build each unit.
  Texts reasons(const PlanOptions& options = {}) {
    Texts reasons;
    for (const PlannedUnit& planned : plan(options).units) {
      if (planned.reason) reasons[to_string(planned.unit)] = *planned.reason;
    }
    return reasons;
  }
  Names due(const PlanOptions& options = {}) {
    const Plan plan = this->plan(options);
    Names names;
    for (std::size_t i = 0; i < checks.size(); ++i) {
      if (plan.checks_due[i]) names.insert(checks[i].name);
    }
    return names;
  }

  Ran run(const PlanOptions& options = {}) { return run(options, true); }
  // Builds everything, then ends like a process that is killed before it publishes.
  Ran run_and_die() { return run({}, false); }

  void execute(const std::string& sql) { connection.execute(sql); }
  // The rows of a query, each "1, two, null".
  Lines rows(const std::string& sql) {
    const duck::Result result = connection.query(sql);
    Lines lines;
    for (std::size_t r = 0; r < result.rows(); ++r) {
      Lines cells;
      for (std::size_t c = 0; c < result.columns(); ++c) {
        cells.push_back(result.shown(r, c).value_or("null"));
      }
      lines.push_back(join(cells, ", "));
    }
    return lines;
  }
  Lines relations() {
    return rows(
        "select schema_name || '.' || name from (select schema_name, table_name as name "
        "from duckdb_tables() union all select schema_name, view_name from duckdb_views() "
        "where not internal) where schema_name != 'ops' order by all");
  }

  duck::Database database;
  duck::Connection connection;
  std::vector<Check> checks;
  Versions sources;
  Texts changes;  // of assets that know their changed values themselves: the SELECT of these
  std::map<std::string, std::function<void()>> before;  // by unit or check: called when it begins
  std::function<void()> on_pulse;
  std::string baseline = "test";
  std::size_t lanes = 2;
  int keep_days = 90;
  std::stop_token stop = {};

 private:
  static duck::DatabaseOptions options_of(const std::string& path) {
    duck::DatabaseOptions options;
    options.path = path;
    options.threads = 2;
    return options;
  }

  // Calls `part` for each piece of `sql`, with true for those in braces.
  template <typename Part>
  static void scan(std::string_view sql, const Part& part) {
    while (true) {
      const std::size_t open = sql.find('{');
      part(sql.substr(0, open), false);
      if (open == std::string_view::npos) return;
      const std::size_t close = sql.find('}', open);
      part(sql.substr(open + 1, close - open - 1), true);
      sql.remove_prefix(close + 1);
    }
  }

  static Lines names_in(const std::string& sql) {
    Names names;
    scan(sql, [&](std::string_view part, bool is_name) {
      if (is_name && part != "partition") names.emplace(part);
    });
    return {names.begin(), names.end()};
  }

  // `relation` names an input in SQL; if it returns nothing, the input's SQL is inlined.
  std::string render(const std::string& sql, const std::string& partition,
                     const std::function<std::string(const std::string&)>& relation) const {
    std::string rendered;
    scan(sql, [&](std::string_view part, bool is_name) {
      const std::string text(part);
      if (!is_name) {
        rendered += text;
      } else if (text == "partition") {
        rendered += partition;
      } else if (const std::string name = relation(text); !name.empty()) {
        rendered += name;
      } else {
        rendered += "(" + render(sql_.at(text), partition, relation) + ")";
      }
    });
    return rendered;
  }

  std::string current_sql(const Engine& engine, const std::string& name,
                          const std::string& partition) const {
    return render(sql_.at(name), partition, [&](const std::string& input) {
      const Asset& asset = assets_.at(input);
      if (asset.kind == AssetKind::ephemeral) return std::string();
      return engine.state().current_relation({input, asset.partitions.empty() ? "" : partition});
    });
  }

  std::string published_sql(const Asset& view) const {
    return render(sql_.at(view.name), "", [&](const std::string& input) {
      const bool is_part = assets_.at(input).kind == AssetKind::ephemeral;
      return is_part ? std::string() : "main." + sql_name(input);
    });
  }

  void call_hook(const std::string& name) const {
    const auto hook = before.find(name);
    if (hook != before.end()) hook->second();
  }

  // The SQL over those rows of the inputs that have the changed values, if they have the key.
  std::string affected_sql(const Engine& engine, const std::string& name, const KeyedChange& change,
                           duck::Connection& lane) const {
    return render(sql_.at(name), "", [&](const std::string& input) {
      if (assets_.at(input).kind == AssetKind::ephemeral) return std::string();
      const std::string relation = engine.state().current_relation({input, ""});
      return duck::has_column(lane, relation, change.key) ? "(" + change.affected(relation) + ")"
                                                          : relation;
    });
  }

  Made make(const Engine& engine, const Unit& unit, duck::Connection& lane) const {
    call_hook(to_string(unit));
    const AssetKind kind = assets_.at(unit.asset).kind;
    const std::string name = engine.state().current_relation(unit);
    const auto own = changes.find(unit.asset);
    std::optional<KeyedChange> change;
    if (own != changes.end()) {
      change = KeyedChange{"main", unit.asset, assets_.at(unit.asset).key};
      lane.execute(fmt::format("create table {} as {}", change->values(), own->second));
      change->has_null = true;  // it may be
    } else {
      const Graph graph = this->graph();
      change = begin_change(graph, before_, engine.state(), graph[graph.at(unit.asset)], lane);
    }
    if (change) {
      const std::string select = affected_sql(engine, unit.asset, *change, lane);
      lane.execute(fmt::format("create table {} as {}", change->rows(),
                               change->affected("(" + select + ")")));
      return {std::nullopt, {{"made", "changes"}}, {}, {}, change};
    }
    const std::string select = current_sql(engine, unit.asset, unit.partition);
    if (kind == AssetKind::incremental && published_.contains(unit.asset)) {
      lane.execute(fmt::format("create table if not exists {} as from main.{}", name, unit.asset));
      lane.execute(fmt::format("insert into {} {}", name, select));
    } else {
      lane.execute(fmt::format("create {} {} as {}", kind == AssetKind::view ? "view" : "table",
                               name, select));
    }
    call_hook("after " + to_string(unit));
    return {std::nullopt, {{"lane", "any"}}};
  }

  void ask(const Engine& engine, const Check& check, duck::Connection& lane,
           CheckRecord& outcome) const {
    call_hook(check.name);
    const std::int64_t failures = lane.query_int64(current_sql(engine, check.name, ""));
    outcome.failures = failures;
    outcome.condition = "!= 0";
    if (failures == 0) return;
    outcome.status = check.blocks ? CheckStatus::fail : CheckStatus::warn;
    outcome.message = fmt::format("{} rows", failures);
  }

  Ran run(const PlanOptions& given, bool lives);
  void publish_what_may(const Engine& engine, const EngineResult& result, Recorder& recorder,
                        bool complete, Ran& ran);
  Ran report(const Engine& engine, const Recorder& recorder, const EngineResult& result,
             const Told& told) const;

  std::map<std::string, Asset> assets_;
  Texts sql_;
  Names published_;  // incremental assets
  State before_;     // of the current run
};

inline Ran Pipeline::report(const Engine& engine, const Recorder& recorder,
                            const EngineResult& result, const Told& told) const {
  Ran ran;
  ran.run_id = recorder.run_id();
  ran.told = told;
  for (const Unit& unit : result.made) {
    ran.made[to_string(unit)] = engine.state().made(unit).value_or(Materialization{}).reason;
  }
  ran.held_back = result.held_back;
  for (const auto& [name, step] : told.steps) ran.ended[name] = name_of(step.status);
  return ran;
}

inline void Pipeline::publish_what_may(const Engine& engine, const EngineResult& result,
                                       Recorder& recorder, bool complete, Ran& ran) {
  RunTotals totals = result.totals;
  totals.status = ran.error.empty() ? RunStatus::success : RunStatus::failed;
  totals.message = ran.error;
  totals.published = true;
  Publication publication = engine.publication(result, complete);
  RecordBatch records = recorder.take();
  records.add(std::move(publication.records));
  records.add({{}, recorder.ending(totals, keep_days)});
  publication.records = std::move(records);
  publish(connection, publication);
  ran.published = true;
  for (const PublishedRelation& relation : publication.made) {
    if (assets_.at(relation.unit.asset).kind == AssetKind::incremental) {
      published_.insert(relation.unit.asset);
    }
  }
}

inline Ran Pipeline::run(const PlanOptions& given, bool lives) {
  drop_hidden(connection);  // like opening a warehouse
  const Graph graph = this->graph();
  const State state = read_state(connection);
  const PlanOptions options = with_sources(given);
  const Plan plan = make_plan(graph, checks, state, options);
  if (plan.is_empty()) return {};
  before_ = state;

  Recorder recorder(database, {"run", {{"--seed", "42"}}, baseline, 2, "0.0.0"});
  Told told;
  told.on_pulse = on_pulse;
  std::unique_ptr<Engine> engine;
  const Work work = {
      [&](const Unit& unit, duck::Connection& lane) { return make(*engine, unit, lane); },
      [this](const Asset& asset) { return published_sql(asset); },
      [&](const Check& check, duck::Connection& lane, CheckRecord& outcome) {
        ask(*engine, check, lane, outcome);
      }};
  engine = std::make_unique<Engine>(
      database, EngineOptions{graph, checks, state, plan, sources, baseline, lanes, {}, stop}, work,
      &recorder, told);
  EngineResult result;
  try {
    result = engine->run();
  } catch (const Error& error) {
    RunTotals totals;
    totals.status = status_after(&error);
    drop_hidden(connection);
    recorder.end(totals, keep_days);
    throw;
  }
  Ran ran = report(*engine, recorder, result, told);
  if (!lives) return ran;
  engine->stop_interrupting();
  const bool any = std::any_of(result.made.begin(), result.made.end(), [&](const Unit& unit) {
    return !result.held_back.contains(unit.asset);
  });
  if (result.errors > 0) {
    ran.error = fmt::format("{} errors", result.errors);
  } else if (result.failed_checks > 0) {
    ran.error = fmt::format("{} failed checks", result.failed_checks);
  }
  if (result.errors == 0 && (any || result.failed_checks == 0)) {
    publish_what_may(*engine, result, recorder, !options.only, ran);
  } else {
    RunTotals totals = result.totals;
    totals.status = RunStatus::failed;
    recorder.end(totals, keep_days);
  }
  if (!ran.error.empty()) drop_hidden(connection);
  return ran;
}

}  // namespace gsa::assets
