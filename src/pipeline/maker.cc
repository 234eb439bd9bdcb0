#include "pipeline/maker.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include <fmt/format.h>

#include "assets/change_maker.h"
#include "assets/warehouse.h"
#include "base/error.h"
#include "base/text.h"
#include "dbt/contract.h"
#include "duck/relation_list.h"
#include "pipeline/month_parts.h"

namespace gsa::pipeline {
namespace {

// Each lane waits for DuckDB, whose threads do the work: more lanes gain nothing and take memory.
constexpr std::size_t kMostLanes = 4;

// Of another engine, as many as its profile has threads.
constexpr std::size_t kMostLanesThere = 32;

// If all tables are smaller, reading one again for its sum takes less time than planning its query
// twice.
constexpr std::int64_t kFewRows = 100'000;

std::size_t lanes_for(int threads) {
  const std::size_t cores =
      threads > 0 ? static_cast<std::size_t>(threads) : std::thread::hardware_concurrency();
  return std::clamp<std::size_t>(cores, 1, kMostLanes);
}

std::vector<std::string> sample_json(const dbt::SampleRows& sample) {
  std::vector<std::string> rows;
  for (const auto& row : sample.rows) {
    std::vector<std::string> cells;
    for (std::size_t c = 0; c < row.size(); ++c) {
      const std::optional<std::string>& cell = row[c];
      cells.push_back(json_quote(sample.columns[c]) + ": " + (cell ? json_quote(*cell) : "null"));
    }
    rows.push_back("{" + join(cells, ", ") + "}");
  }
  return rows;
}

// Whether the published table of an incremental model has the columns that its contract lists.
bool has_columns_of_contract(const dbt::Node& node, duck::Connection& lane) {
  std::set<std::string> agreed, present;
  for (const dbt::ColumnSpec& column : node.columns) agreed.insert(to_lower(column.name));
  const duck::Result rows = lane.query("describe " + dbt::to_sql(node.relation));
  for (std::size_t r = 0; r < rows.rows(); ++r) present.insert(to_lower(rows.text(r, 0)));
  return agreed == present;
}

std::stop_token stop_of(const AssetRun& run) {
  return run.stop.stop_possible() ? run.stop : run.common.invocation().stop;
}

// The assets behind both tables that have words: until both are made, the words are not known.
std::set<std::string> readers_of_words(const assets::Graph& graph) {
  const auto users = graph.find("raw_users"), generations = graph.find("raw_generations");
  std::set<std::string> readers;
  if (!users || !generations) return readers;
  const assets::AssetSet of_generations = graph.descendants({*generations});
  for (const std::size_t index : graph.descendants({*users})) {
    if (of_generations.contains(index)) readers.insert(graph[index].name);
  }
  return readers;
}

}  // namespace

Maker::Maker(const duck::Database& database, const AssetRun& run, assets::Recorder* recorder)
    : run_(run),
      log_(run.catalog, run.project, run.common.invocation().err, run.common.quiet,
           run.raw == nullptr ? nullptr : run.raw->own_connection(), run.audience, run.artifacts),
      connection_(database.connect()),
      sums_(connection_),
      read_words_(readers_of_words(run.catalog.graph)),
      runner_(run.project, connection_, node_options()),
      published_(run.project, {{}, node_options().relation, {}, false}),
      work_(work()),
      engine_(database, engine_options(), work_, recorder, log_) {
  if (run_.remote != nullptr) begin_remote(database);
}

dbt::NodeRunOptions Maker::node_options() {
  dbt::NodeRunOptions options;
  options.full_refresh = run_.full_refresh;
  options.stop = stop_of(run_);
  options.relation = [this](const dbt::Relation& relation) {
    dbt::Relation current = relation;
    if (relation.database.empty()) {
      current.name = engine_.state().current_name(relation.schema, relation.name);
    }
    return current;
  };
  return options;
}

assets::EngineOptions Maker::engine_options() const {
  assets::EngineOptions options{
      run_.catalog.graph,
      run_.catalog.checks,
      run_.state,
      run_.plan,
      run_.sources,
      run_.baseline,
      run_.remote != nullptr ? std::clamp<std::size_t>(static_cast<std::size_t>(std::max(
                                                           1, run_.project.target().threads)),
                                                       1, kMostLanesThere)
                             : lanes_for(run_.common.warehouse.threads),
      {},
      stop_of(run_)};
  if (run_.raw != nullptr) options.others = {&run_.raw->connection()};
  return options;
}

assets::Work Maker::work() {
  return {[this](const assets::Unit& unit, duck::Connection& lane) { return make(unit, lane); },
          [this](const assets::Asset& asset) {
            const std::size_t node = run_.catalog.models.at(asset.name);
            prepare(connection_);
            return published_.compile(run_.project.nodes()[node], &connection_).text();
          },
          [this](const assets::Check& check, duck::Connection& lane, assets::CheckRecord& outcome) {
            ask(check, lane, outcome);
          }};
}

void Maker::prepare(duck::Connection& lane) {
  {
    const std::lock_guard lock(preparing_);
    if (!prepared_.insert(&lane).second) return;
  }
  prepare_session(lane, run_.project);
}

// The published types, if the new rows of both raw tables have no other words. Their order stays:
// it is that of the run that made the tables whole.
std::optional<std::vector<WordType>> Maker::words_after_changes(duck::Connection& connection) {
  const auto users = engine_.state().change_of("raw_users"),
             generations = engine_.state().change_of("raw_generations");
  if (!users || !generations) return std::nullopt;
  return published_types_with(connection, users->rows(), generations->rows());
}

const std::vector<WordType>& Maker::words(duck::Connection& connection) {
  const std::lock_guard lock(words_mutex_);
  if (!words_) {
    const assets::RunState& state = engine_.state();
    const auto published = words_after_changes(connection);
    words_are_published_ = published.has_value();
    words_ = published ? *published
                       : read_word_types(connection, state.current_relation({"raw_users", ""}),
                                         state.current_relation({"raw_generations", ""}));
  }
  return *words_;
}

void Maker::give_words(const std::string& asset, duck::Connection& lane) {
  if (!read_words_.contains(asset)) return;
  const std::vector<WordType>& types = words(lane);
  {
    const std::lock_guard lock(words_mutex_);
    if (!have_words_.insert(&lane).second) return;
  }
  create_temporary(lane, types);
}

std::vector<std::string> Maker::publish_words(duck::Connection& connection) {
  if (!words_) return {};
  create_temporary(connection, *words_);
  return replace_word_types_sql(connection, *words_);
}

assets::Made Maker::make(const assets::Unit& unit, duck::Connection& lane) {
  prepare(lane);
  if (run_.raw != nullptr && is_raw_table(unit.asset)) {
    return run_.raw->make(unit, lane, engine_.state(), sums_, log_);
  }
  const dbt::Node& node = run_.project.nodes()[run_.catalog.models.at(unit.asset)];
  give_words(unit.asset, lane);
  if (run_.remote != nullptr) return make_there(unit, node, lane);
  if (node.model.materialized == dbt::Materialization::incremental) copy_published(node, lane);
  std::optional<std::uint64_t> sum;
  dbt::TableBuild build;
  if (!unit.partition.empty()) build.part = part_of(node, unit);
  const assets::Asset& asset = run_.catalog.graph[run_.catalog.graph.at(unit.asset)];
  const std::optional<assets::KeyedChange> change = change_of(asset, lane);
  if (change) build = build_of(asset, *change, lane);
  build.frame = [&](const dbt::CompiledSql& query) -> std::optional<dbt::Frame> {
    if (change || engine_.state().most_rows() < kFewRows) return std::nullopt;
    const auto watched = sums_.watch_query(lane, query.text());
    if (!watched) return std::nullopt;
    sum = watched->number;
    return dbt::Frame{watched->head, watched->tail};
  };
  const dbt::NodeResult result = runner_.run(node, lane, build);
  log_.keep(result);
  throw_if_failed(result);
  assets::Made made{result.rows, {}};
  if (sum) made.sum = sums_.take(*sum);
  made.change = change;
  return made;
}

std::optional<assets::KeyedChange> Maker::change_of(const assets::Asset& asset,
                                                    duck::Connection& lane) {
  if (run_.full_refresh) return std::nullopt;
  if (read_words_.contains(asset.name)) {
    const std::lock_guard lock(words_mutex_);
    if (!words_are_published_) return std::nullopt;
  }
  return assets::begin_change(run_.catalog.graph, run_.state, engine_.state(), asset, lane);
}

// Views on the rows of the changed values stand for the inputs that have the key.
dbt::TableBuild Maker::build_of(const assets::Asset& asset, const assets::KeyedChange& change,
                                duck::Connection& lane) const {
  const assets::Graph& graph = run_.catalog.graph;
  std::map<std::pair<std::string, std::string>, std::string> views;
  for (const std::size_t input : graph.made_inputs(graph.at(asset.name))) {
    const assets::Asset& of = graph[input];
    const std::string relation = engine_.state().current_relation({of.name, ""});
    if (!duck::has_column(lane, relation, change.key)) continue;
    const std::string view = fmt::format("gsa {} of {}", asset.name, of.name);
    lane.execute(fmt::format("create or replace temp view {} as {}", sql_name(view),
                             change.affected(relation)));
    views[{of.schema, engine_.state().current_name(of.schema, of.relation)}] = view;
  }
  dbt::TableBuild build;
  build.part = dbt::Part{"", {"", change.schema, assets::hidden(change.relation) + " rows"}, ""};
  build.inputs = [views](const dbt::Relation& relation) -> dbt::Relation {
    const auto found = views.find({relation.schema, relation.name});
    if (found == views.end()) return relation;
    return {"temp", "main", found->second};
  };
  return build;
}

dbt::Part Maker::part_of(const dbt::Node& node, const assets::Unit& unit) const {
  const assets::Asset& asset = run_.catalog.graph[run_.catalog.graph.at(unit.asset)];
  const auto [schema, name] = assets::relation_of(asset, unit.partition);
  const std::string field = node.partition_by.value_or(dbt::PartitionBy{}).field;
  return {unit.partition,
          {"", schema, engine_.state().current_name(schema, name)},
          condition_of(field, unit.partition, asset.partitions)};
}

// An incremental model appends to a copy of the published table, so that readers see no changes
// before the publication.
void Maker::copy_published(const dbt::Node& node, duck::Connection& lane) {
  const dbt::Relation& published = node.relation;
  const assets::Standing* standing = run_.state.find(published.schema, published.name);
  if (standing == nullptr || standing->is_view ||
      node.model.full_refresh.value_or(run_.full_refresh)) {
    return;
  }
  dbt::Relation copy = published;
  copy.name = assets::hidden(published.name);
  if (node.model.has_contract && has_columns_of_contract(node, lane)) {
    // With its constraints, which `create table as` would lose.
    lane.execute(fmt::format("create or replace table {} {}", dbt::to_sql(copy),
                             dbt::contract_columns(node, run_.project.files())));
    lane.execute(
        fmt::format("insert into {} by name from {}", dbt::to_sql(copy), dbt::to_sql(published)));
  } else {
    lane.execute(fmt::format("create or replace table {} as from {}", dbt::to_sql(copy),
                             dbt::to_sql(published)));
  }
  runner_.relations().set(copy, dbt::RelationKind::table);
}

// Seconds since the newest row arrived, or since the last build if the data has no time.
double Maker::age_of(const dbt::Node& node, const std::string& asset,
                     duck::Connection& lane) const {
  constexpr const char* kNow = "current_timestamp at time zone 'UTC'";
  const dbt::Freshness freshness = node.freshness.value_or(dbt::Freshness{});
  std::string newest;
  if (!freshness.loaded_at_field.empty()) {
    const dbt::Relation& relation = node.relation;
    const std::string name =
        !node.external.empty() ? node.external
        : relation.database.empty()
            ? sql_name(relation.schema) + "." +
                  sql_name(engine_.state().current_name(relation.schema, relation.name))
            : dbt::to_sql(relation);
    newest = fmt::format("(select max(cast({} as timestamp)) from {}{})", freshness.loaded_at_field,
                         name, freshness.filter.empty() ? "" : " where " + freshness.filter);
  } else if (engine_.state().made({asset, ""})) {
    return 0;
  } else {
    const auto made = run_.state.published.find({asset, ""});
    if (made == run_.state.published.end()) {
      throw Error(fmt::format("how old {} is cannot be said: gsa did not make it", asset),
                  "give its freshness a loaded_at_field");
    }
    newest = sql_quote(made->second.made_at) + "::timestamp";
  }
  return lane.query(fmt::format("select epoch({}) - epoch({})", kNow, newest)).float64(0, 0);
}

void Maker::ask_age(const assets::Check& check, duck::Connection& lane,
                    assets::CheckRecord& outcome) {
  const dbt::Node& node = run_.project.nodes()[run_.catalog.freshness.at(check.name)];
  std::optional<Error> unknown;
  double age = 0;
  try {
    age = age_of(node, check.asset, lane);
  } catch (const duck::SqlError& error) {
    if (check.blocks || error.kind() == duck::SqlErrorKind::interrupted) throw;
    unknown = error;
  } catch (const Error& error) {
    if (check.blocks) throw;
    unknown = error;
  }
  const dbt::Freshness freshness = node.freshness.value_or(dbt::Freshness{});
  dbt::NodeResult result;
  result.name = check.name;
  result.kind = dbt::NodeKind::test;
  result.place = node.place;
  // Without dated rows, nothing counts as fresh.
  const auto compare = [&](const std::optional<dbt::AgeLimit>& limit, dbt::Status status,
                           assets::CheckStatus outcome_status) {
    if (!limit || age <= static_cast<double>(limit->seconds())) return;
    result.status = status;
    outcome.failures = result.failures = 1;
    result.condition = outcome.condition =
        fmt::format("the newest is older than {}", to_string(*limit));
    outcome.status = outcome_status;
    outcome.message = std::isnan(age) ? "there is no row that says when it came"
                                      : fmt::format("the newest is {:.1f} hours old", age / 3600);
  };
  if (unknown) {
    result.status = dbt::Status::warn;
    outcome.failures = result.failures = 1;
    result.condition = outcome.condition = "its age is not known: " + unknown->message();
    outcome.status = assets::CheckStatus::warn;
    outcome.message = unknown->message();
  }
  compare(freshness.warn_after, dbt::Status::warn, assets::CheckStatus::warn);
  if (check.blocks) {
    compare(freshness.error_after, dbt::Status::fail, assets::CheckStatus::fail);
  } else {
    compare(freshness.error_after, dbt::Status::warn, assets::CheckStatus::warn);
  }
  log_.keep(result);
}

// Of the asset that the check is of, if the check passed on its published rows.
std::optional<dbt::ChangedRows> Maker::changed_rows(const assets::Check& check) const {
  const auto change = engine_.state().change_of(check.asset);
  if (!change || run_.full_refresh) return std::nullopt;
  const auto before = run_.state.checks.find(check.name);
  const auto published = run_.state.published.find({check.asset, ""});
  if (before == run_.state.checks.end() || published == run_.state.published.end() ||
      before->second.status != assets::CheckStatus::pass ||
      before->second.code_version != assets::code_version_of(check.code)) {
    return std::nullopt;
  }
  const auto version = before->second.inputs.find(check.asset);
  if (version == before->second.inputs.end() || version->second != published->second.data_version) {
    return std::nullopt;
  }
  return dbt::ChangedRows{dbt::to_sql({"", change->schema, assets::hidden(change->relation)}),
                          change->rows(), change->key};
}

void Maker::ask(const assets::Check& check, duck::Connection& lane, assets::CheckRecord& outcome) {
  prepare(lane);
  if (check.kind == "freshness") return ask_age(check, lane, outcome);
  give_words(check.asset, lane);
  const dbt::Node& node = run_.project.nodes()[run_.catalog.tests.at(check.name)];
  const dbt::NodeResult result = run_test(check, node, lane);
  log_.keep(result);
  throw_if_failed(result);
  outcome.status = result.status == dbt::Status::warn   ? assets::CheckStatus::warn
                   : result.status == dbt::Status::fail ? assets::CheckStatus::fail
                                                        : assets::CheckStatus::pass;
  outcome.failures = result.failures;
  outcome.condition = result.condition;
  outcome.sample = sample_json(result.sample);
  if (node.is_unit_test() && outcome.status != assets::CheckStatus::pass) {
    outcome.message =
        fmt::format("{} in {}", result.condition, counted(result.failures, "row", "rows"));
  } else if (outcome.status != assets::CheckStatus::pass) {
    outcome.message =
        fmt::format("got {}, configured to {} if {}", counted(result.failures, "result", "results"),
                    name_of(outcome.status), result.condition);
  }
}

void throw_if_failed(const dbt::NodeResult& result) {
  if (result.status != dbt::Status::error) return;
  if (result.sql_error == duck::SqlErrorKind::io) {
    throw assets::TransientError(result.message, result.hint);
  }
  throw Error(result.message, result.hint);
}

Error failure_of(const assets::EngineResult& result, const RunLog& log,
                 const std::string& outcome) {
  if (const std::optional<Error>& raw = log.raw_failure()) return *raw;
  if (result.errors > 0) {
    return Error(fmt::format(
        "{} could not run; {}",
        counted(static_cast<std::int64_t>(result.errors), "model or test", "models and tests"),
        outcome));
  }
  const auto& nodes = log.result().nodes;
  const auto units = static_cast<std::size_t>(
      std::count_if(nodes.begin(), nodes.end(), [](const dbt::NodeResult& node) {
        return node.status == dbt::Status::fail && node.is_unit_test();
      }));
  const std::string kind = units == 0                      ? "data test"
                           : units == result.failed_checks ? "unit test"
                                                           : "test";
  return Error(
      fmt::format("{} failed; {}",
                  counted(static_cast<std::int64_t>(result.failed_checks), kind, kind + "s"),
                  outcome),
      kind == "data test"
          ? "the rows above break it: mend the data or the model, or give the test severity: warn"
      : kind == "unit test" ? "mend the model, or what the unit test expects of it"
                            : "",
      ErrorCode::tests_failed);
}

}  // namespace gsa::pipeline
