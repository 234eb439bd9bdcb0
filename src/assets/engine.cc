#include "assets/engine.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "assets/engine_step.h"
#include "assets/flow.h"
#include "assets/held_back.h"
#include "assets/history.h"
#include "assets/row_counts.h"
#include "assets/warehouse.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

// The Error that `work` threw, if any; an SQL error with its position in the statement.
template <typename Work>
std::optional<Error> caught(const Work& work) {
  try {
    work();
    return std::nullopt;
  } catch (const duck::SqlError& error) {
    if (error.kind() == duck::SqlErrorKind::interrupted) {
      return Error("interrupted", "", ErrorCode::interrupted);
    }
    return Error(error.details(), error.hint());
  } catch (const Error& error) {
    return error;
  }
}

std::vector<duck::Connection> connect(const duck::Database& database, std::size_t lanes) {
  check(lanes > 0, "a run has lanes");
  std::vector<duck::Connection> connections;
  for (std::size_t i = 0; i < lanes; ++i) connections.push_back(database.connect());
  return connections;
}

std::size_t count_told(const std::vector<std::unique_ptr<EngineStep>>& steps) {
  return static_cast<std::size_t>(
      std::count_if(steps.begin(), steps.end(), [](const auto& step) { return step->is_told(); }));
}

StepStatus status_of(StepState state) {
  switch (state) {
    case StepState::done:
      return StepStatus::success;
    case StepState::fresh:
      return StepStatus::fresh;
    case StepState::skipped:
      return StepStatus::skipped;
    case StepState::waiting:
    case StepState::failed:
      return StepStatus::error;
  }
  return StepStatus::error;
}

StepStatus status_of(CheckStatus status) {
  switch (status) {
    case CheckStatus::pass:
      return StepStatus::success;
    case CheckStatus::warn:
      return StepStatus::warn;
    case CheckStatus::fail:
      return StepStatus::fail;
    case CheckStatus::error:
      return StepStatus::error;
    case CheckStatus::skipped:
      return StepStatus::skipped;
  }
  return StepStatus::error;
}

// The failed or skipped step that blocks this one, or null.
const EngineStep* blocker_of(const EngineStep& step,
                             const std::vector<std::unique_ptr<EngineStep>>& steps) {
  for (const std::size_t before : step.after) {
    const EngineStep& other = *steps[before];
    if (other.state == StepState::failed || other.state == StepState::skipped) return &other;
  }
  return nullptr;
}

void skip(EngineStep& step, const EngineStep& blocker) {
  step.state = StepState::skipped;
  step.cause = blocker.state == StepState::skipped
                   ? blocker.cause
                   : to_string({blocker.record.name, blocker.record.partition});
  step.record.message = "skipped because of " + step.cause;
}

}  // namespace

Engine::Engine(const duck::Database& database, const EngineOptions& options, const Work& work,
               Recorder* recorder, Listener& listener)
    : options_(options),
      work_(work),
      lanes_(connect(database, options.lanes)),
      steps_(plan_steps(options.graph, options.checks, options.plan)),
      events_(recorder, listener, count_told(steps_)),
      state_(options_.graph, options_.state, options_.sources),
      pulse_(lanes_, options_.others, options_.stop, events_),
      maker_(options_.graph, options_.state, work_.make, state_, pulse_, events_) {
  if (!options.state.published.empty()) {
    row_history_ = row_history(lanes_.front(), options.baseline, kRowCountHistory);
  }
}

Engine::~Engine() = default;

// Up front: if two workers created the same schema at once, one would fail.
void Engine::make_schemas() {
  std::set<std::string> schemas;
  for (const auto& step : steps_) {
    if (step->kind == StepKind::check) continue;
    const std::string partition = step->planned == nullptr ? "" : step->planned->unit.partition;
    schemas.insert(relation_of(options_.graph[step->asset], partition).first);
  }
  for (const std::string& schema : schemas) {
    lanes_.front().execute("create schema if not exists " + sql_name(schema));
  }
}

// Drops partitions that earlier runs left under hidden names and that this run will not build. A
// run without partitioned assets leaves them alone.
void Engine::drop_leftovers() {
  const auto& standing = options_.state.relations;
  if (std::none_of(standing.begin(), standing.end(), [](const auto& relation) {
        const auto& [schema, name] = relation.first;
        return schema == kPartitionSchema && name.starts_with(kHiddenPrefix);
      })) {
    return;
  }
  std::set<std::pair<std::string, std::string>> wanted;
  bool has_partitions = false;
  for (const PlannedUnit& planned : options_.plan.units) {
    if (planned.unit.partition.empty()) continue;
    has_partitions = true;
    const Asset& asset = options_.graph[options_.graph.at(planned.unit.asset)];
    if (planned.reason) wanted.insert(relation_of(asset, planned.unit.partition));
  }
  if (!has_partitions) return;
  drop_hidden(lanes_.front(), [&](const std::string& schema, const std::string& name) {
    return schema == kPartitionSchema && !wanted.contains({schema, name});
  });
}

EngineResult Engine::run() {
  std::vector<Task> tasks;
  tasks.reserve(steps_.size());
  for (const auto& step : steps_) {
    tasks.push_back({step->after, [this, &step](std::size_t lane) { run_step(*step, lane); }});
  }
  make_schemas();
  drop_leftovers();
  run_tasks(tasks, lanes_.size());
  pulse_.stop_if_told();
  pulse_.rethrow();
  return result();
}

void Engine::run_step(EngineStep& step, std::size_t lane) {
  pulse_.stop_if_told();
  const EngineStep* blocker = blocker_of(step, steps_);
  step.record.lane = static_cast<std::int64_t>(lane) + 1;
  step.record.started_at = std::chrono::system_clock::now();
  pulse_.begin_step(lane);
  events_.begin(step.record, step.is_told() && blocker == nullptr);
  std::optional<Error> failure;
  const Stopwatch watch;
  if (blocker != nullptr) {
    skip(step, *blocker);
  } else {
    failure = caught([&] { do_step(step, lanes_[lane]); });
  }
  step.record.seconds = watch.seconds();
  step.record.ended_at = std::chrono::system_clock::now();
  const bool interrupted = failure && failure->code() == ErrorCode::interrupted;
  if (failure) {
    step.state = StepState::failed;
    step.record.message = failure->message();
  }
  if (interrupted) {
    step.record.status = StepStatus::interrupted;
  } else if (step.record.status == StepStatus::running) {
    step.record.status = status_of(step.state);
  }
  pulse_.end_step(lane);
  events_.end(step.record, failure ? &*failure : nullptr, step.is_told());
  if (interrupted) throw Error(*failure);
}

void Engine::do_step(EngineStep& step, duck::Connection& connection) {
  switch (step.kind) {
    case StepKind::unit:
      return make(step, connection);
    case StepKind::join:
      return join_partitions(step, connection);
    case StepKind::check:
      return ask(step, connection);
  }
}

void Engine::make(EngineStep& step, duck::Connection& connection) {
  const auto made = maker_.make(*step.planned, step.record, connection);
  step.state = made ? StepState::done : StepState::fresh;
  const bool is_new = made && made->run_id == 0;  // false: taken over from an earlier run
  if (is_new && made->rows) compare_rows(*made);
}

// Builds the view that unites the partitions of an asset.
void Engine::join_partitions(EngineStep& step, duck::Connection& connection) {
  const Asset& asset = options_.graph[step.asset];
  const auto is_fresh = [&](std::size_t before) {
    return steps_[before]->state == StepState::fresh;
  };
  if (!step.is_due && std::all_of(step.after.begin(), step.after.end(), is_fresh)) {
    step.state = StepState::fresh;
    return;
  }
  step.record.reason = "its partitions as one";
  std::vector<std::pair<std::string, std::string>> versions;
  std::vector<std::string> relations;
  for (const std::string& partition : asset.partitions) {
    versions.emplace_back(partition, state_.version(asset.name, partition));
    relations.push_back(state_.current_relation({asset.name, partition}));
  }
  connection.execute(fmt::format("create or replace view {} as\n{}",
                                 sql_relation(asset.schema, hidden(asset.relation)),
                                 select_partitions(asset, relations)));
  state_.hide(asset.schema, asset.relation);
  state_.add_whole(asset.name, combined_version(versions));
  step.state = StepState::done;
}

void Engine::ask(EngineStep& step, duck::Connection& connection) {
  const Check& check = *step.check;
  CheckRecord outcome;
  outcome.name = check.name;
  outcome.asset = check.asset;
  outcome.kind = check.kind;
  outcome.blocks = check.blocks;
  outcome.checked_at = step.record.started_at;
  outcome.failures = 0;
  outcome.code_version = code_version_of(check.code);
  for (const std::string& input : check.inputs) {
    outcome.inputs[input] = state_.version(input, "");
  }
  const Stopwatch watch;
  const std::optional<Error> failure = caught([&] {
    with_retries(step.record, events_, pulse_, [&] { work_.check(check, connection, outcome); });
  });
  if (failure && failure->code() == ErrorCode::interrupted) throw Error(*failure);
  outcome.seconds = watch.seconds();
  if (failure) {
    outcome.status = CheckStatus::error;
    outcome.message = failure->message();
  }
  step.record.status = status_of(outcome.status);
  step.record.message = outcome.message;
  const bool failed = outcome.status == CheckStatus::fail || outcome.status == CheckStatus::error;
  step.state = failed ? StepState::failed : StepState::done;
  put_on_record(outcome);
  if (failure) throw Error(*failure);
}

void Engine::put_on_record(const CheckRecord& outcome) {
  if (events_.recorder() != nullptr) events_.recorder()->check(outcome);
  const std::lock_guard lock(outcomes_mutex_);
  outcomes_.push_back(outcome);
}

void Engine::compare_rows(const Materialization& made) {
  const auto found = row_history_.find(to_string(made.unit));
  if (found == row_history_.end()) return;
  const auto verdict = judge_row_count(made.rows.value_or(0), found->second);
  if (!verdict) return;
  CheckRecord outcome;
  outcome.name = "row_count_of_" + to_string(made.unit);
  outcome.asset = made.unit.asset;
  outcome.kind = "row count";
  outcome.blocks = false;
  outcome.failures = 0;
  outcome.checked_at = std::chrono::system_clock::now();
  outcome.code_version = made.code_version;
  outcome.inputs = {{made.unit.asset, made.data_version}};
  if (!verdict->usual) {
    outcome.status = CheckStatus::warn;
    outcome.failures = 1;
    outcome.message = verdict->message;
  }
  put_on_record(outcome);
  if (!verdict->usual) {
    events_.note(fmt::format("{}: {}", to_string(made.unit), verdict->message));
  }
}

EngineResult Engine::result() const {
  EngineResult result;
  for (const auto& step : steps_) {
    if (step->kind == StepKind::check) continue;
    if (step->state == StepState::done && step->kind == StepKind::unit) {
      result.made.push_back(step->planned->unit);
    }
    result.totals.fresh += step->state == StepState::fresh && step->kind == StepKind::unit;
    result.errors += step->state == StepState::failed;
  }
  result.totals.made = static_cast<std::int64_t>(result.made.size());
  for (const CheckRecord& outcome : outcomes_) {
    const bool failed = outcome.status == CheckStatus::fail;
    const bool broke = outcome.status == CheckStatus::error;
    result.totals.passed += outcome.status == CheckStatus::pass;
    result.totals.warned += outcome.status == CheckStatus::warn;
    result.totals.failed += failed || broke;
    result.failed_checks += failed;
    result.errors += broke;
  }
  result.totals.peak_memory_bytes = pulse_.peak();
  result.held_back = held_back();
  return result;
}

std::set<std::string> Engine::held_back() const {
  const Graph& graph = options_.graph;
  RunOutcome outcome;
  for (const auto& step : steps_) {
    if (step->kind != StepKind::check) {
      if (step->state == StepState::done) outcome.made.insert(step->asset);
      if (step->state == StepState::failed || step->state == StepState::skipped) {
        outcome.not_made.insert(step->asset);
      }
    } else if (step->state == StepState::failed && step->check->blocks &&
               step->check->judges_inputs) {
      for (const std::string& input : step->check->inputs) outcome.judged.insert(graph.at(input));
    }
  }
  std::set<std::string> names;
  for (const std::size_t asset : assets::held_back(
           graph, outcome, [&](std::size_t i) { return state_.is_changed(graph[i]); },
           [&](std::size_t i) {
             return published_version(graph[i], options_.state).has_value();
           })) {
    names.insert(graph[asset].name);
  }
  return names;
}

void Engine::stop_interrupting() { pulse_.stop_interrupting(); }

}  // namespace gsa::assets
