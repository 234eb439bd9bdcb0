#include "assets/engine.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "assets/checksum.h"
#include "assets/engine_step.h"
#include "assets/flow.h"
#include "assets/row_counts.h"
#include "assets/warehouse.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

constexpr auto kPulse = std::chrono::milliseconds(40);
// A file that is busy or a network that hiccups is there again soon, or it is not.
constexpr std::array kBackOff = {std::chrono::milliseconds(100), std::chrono::milliseconds(400)};

Error interrupted_error() { return Error("interrupted", "", ErrorCode::interrupted); }

// The Error that `work` threw, if any; with the place in the statement where that was SQL's.
template <typename Work>
std::optional<Error> caught(const Work& work) {
  try {
    work();
    return std::nullopt;
  } catch (const duck::SqlError& error) {
    if (error.kind() == duck::SqlErrorKind::interrupted) return interrupted_error();
    return Error(error.details(), error.hint());
  } catch (const Error& error) {
    return error;
  }
}

}  // namespace

Engine::Engine(const duck::Database& database, const EngineOptions& options, const Work& work,
               Recorder* recorder, Listener& listener)
    : options_(options), work_(work), recorder_(recorder), listener_(listener) {
  check(options.lanes > 0, "a run has lanes");
  for (std::size_t i = 0; i < options.lanes; ++i) lanes_.push_back(database.connect());
  if (!options.state.published.empty()) {
    row_history_ = row_history(lanes_.front(), options.baseline);
  }
  steps_ = plan_steps(options.graph, options.checks, options.plan);
  total_ = static_cast<std::size_t>(std::count_if(
      steps_.begin(), steps_.end(), [](const auto& step) { return step->kind != StepKind::join; }));
  pulse_thread_ = std::thread([this] { pulse(); });
}

Engine::~Engine() {
  {
    const std::lock_guard lock(pulse_mutex_);
    stopping_ = true;
  }
  pulse_stop_.notify_one();
  pulse_thread_.join();
  if (recorder_ != nullptr && flush_is_due_) flush_records(true);
}

// Ahead: of two who make the same schema at once one would fail.
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

// Partitions that earlier runs left under hidden names, and that this one will not make. A run that
// makes no asset with partitions has no say in them.
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
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    tasks.push_back(
        {steps_[i]->after, [this, i](std::size_t lane) { run_step(*steps_[i], lane); }});
  }
  make_schemas();
  drop_leftovers();
  run_tasks(tasks, lanes_.size());
  stop_if_told();
  rethrow_from_pulse();

  EngineResult result;
  for (const auto& step : steps_) {
    if (step->kind == StepKind::check) continue;
    if (step->status == StepStatus::done && step->kind == StepKind::unit) {
      result.made.push_back(step->planned->unit);
    }
    result.totals.fresh += step->status == StepStatus::fresh && step->kind == StepKind::unit;
    result.errors += step->status == StepStatus::failed;
  }
  result.totals.made = static_cast<std::int64_t>(result.made.size());
  for (const CheckOutcome& outcome : outcomes_) {
    result.totals.passed += outcome.status == "pass";
    result.totals.warned += outcome.status == "warn";
    result.totals.failed += outcome.status == "fail" || outcome.status == "error";
    result.failed_checks += outcome.status == "fail";
    result.errors += outcome.status == "error";
  }
  result.totals.peak_memory_bytes = peak_;
  result.held_back = held_back();
  return result;
}

// Whether something that the step needs has failed.
bool Engine::is_blocked(EngineStep& step) const {
  for (const std::size_t before : step.after) {
    const EngineStep& other = *steps_[before];
    if (other.status != StepStatus::failed && other.status != StepStatus::skipped) continue;
    step.status = StepStatus::skipped;
    step.cause = other.status == StepStatus::skipped
                     ? other.cause
                     : to_string({other.record.name, other.record.partition});
    step.record.message = "skipped because of " + step.cause;
    return true;
  }
  return false;
}

void Engine::run_step(EngineStep& step, std::size_t lane) {
  stop_if_told();
  const bool blocked = is_blocked(step);
  step.record.lane = lane;
  step.record.begun = std::chrono::system_clock::now();
  {
    const std::lock_guard lock(mutex_);
    step.record.step = ++begun_;
    peaks_[lane] = resident_bytes();
    if (!blocked && step.kind != StepKind::join) listener_.begun(step.record);
  }
  std::optional<Error> failure;
  const Stopwatch watch;
  if (!blocked) failure = caught([&] { do_step(step, lanes_[lane]); });
  step.record.seconds = watch.seconds();
  if (failure) {
    step.status = StepStatus::failed;
    step.record.message = failure->message();
    if (failure->code() == ErrorCode::interrupted) step.record.status = "interrupted";
  }
  finish(step, failure ? &*failure : nullptr);
  if (failure && failure->code() == ErrorCode::interrupted) throw Error(*failure);
}

void Engine::do_step(EngineStep& step, duck::Connection& connection) {
  switch (step.kind) {
    case StepKind::unit:
      return make_unit(step, connection);
    case StepKind::join:
      return join_partitions(step, connection);
    case StepKind::check:
      return ask(step, connection);
  }
}

void Engine::finish(EngineStep& step, const Error* failure) {
  StepRecord& record = step.record;
  record.ended = std::chrono::system_clock::now();
  if (record.status.empty()) {
    record.status = step.status == StepStatus::done      ? "success"
                    : step.status == StepStatus::fresh   ? "fresh"
                    : step.status == StepStatus::skipped ? "skipped"
                                                         : "error";
  }
  if (recorder_ != nullptr) recorder_->step(record);
  if (failure != nullptr && failure->code() != ErrorCode::interrupted) {
    this->record("error", record.name, record.kind + "_failed", failure->message());
  }
  const std::lock_guard lock(mutex_);
  peaks_.erase(record.lane);
  if (step.kind != StepKind::join) listener_.ended(record, failure, ++ended_, total_);
}

void Engine::record(std::string_view level, const std::string& asset, std::string_view event,
                    const std::string& message, const Fields& fields) const {
  if (recorder_ != nullptr) recorder_->event(level, asset, event, message, fields);
}

// ---- Trying again

// Sleeps, but not through a Ctrl-C.
void Engine::rest(std::chrono::milliseconds time) const {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
    stop_if_told();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

void Engine::with_retries(EngineStep& step, const std::function<void()>& attempt) {
  const auto again = [&](const Error& error) {
    const auto tried = static_cast<std::size_t>(step.record.attempts);
    if (tried > kBackOff.size()) return false;
    const auto pause = kBackOff.at(tried - 1);
    const std::string text =
        fmt::format("{} is tried again in {:.1f} s: {}", step.record.name,
                    std::chrono::duration<double>(pause).count(), error.message());
    record("warning", step.record.name, "retry", error.message(),
           {{"attempt", fmt::format("{}", tried)}});
    {
      const std::lock_guard lock(mutex_);
      listener_.note(text);
    }
    rest(pause);
    ++step.record.attempts;
    return true;
  };
  while (true) {
    try {
      return attempt();
    } catch (const TransientError& error) {
      if (!again(error)) throw;
    } catch (const duck::SqlError& error) {
      if (error.kind() != duck::SqlErrorKind::io || !again(error)) throw;
    }
  }
}

// ---- Checks

void Engine::ask(EngineStep& step, duck::Connection& connection) {
  const Check& check = *step.check;
  CheckOutcome outcome{check.name,
                       check.asset,
                       check.kind,
                       check.blocks,
                       "pass",
                       0,
                       "",
                       "",
                       step.record.begun,
                       0,
                       code_version_of(check.code),
                       {},
                       ""};
  for (const std::string& input : check.inputs) outcome.inputs[input] = version_now(input, "");
  const Stopwatch watch;
  const std::optional<Error> failure =
      caught([&] { with_retries(step, [&] { work_.check(check, connection, outcome); }); });
  if (failure && failure->code() == ErrorCode::interrupted) throw Error(*failure);
  outcome.seconds = watch.seconds();
  if (failure) {
    outcome.status = "error";
    outcome.message = failure->message();
  }
  step.record.status = outcome.status == "pass" ? "success" : outcome.status;
  step.record.message = outcome.message;
  step.status =
      outcome.status == "fail" || outcome.status == "error" ? StepStatus::failed : StepStatus::done;
  note_outcome(outcome);
  if (failure) throw Error(*failure);
}

void Engine::note_outcome(const CheckOutcome& outcome) {
  if (recorder_ != nullptr) recorder_->check(outcome);
  const std::lock_guard lock(mutex_);
  outcomes_.push_back(outcome);
}

void Engine::compare_rows(const Materialization& made) {
  const auto found = row_history_.find(to_string(made.unit));
  if (found == row_history_.end()) return;
  const auto verdict = judge_row_count(made.rows.value_or(0), found->second);
  if (!verdict) return;
  CheckOutcome outcome{"row_count_of_" + to_string(made.unit),
                       made.unit.asset,
                       "row count",
                       false,
                       verdict->usual ? "pass" : "warn",
                       verdict->usual ? 0 : 1,
                       "",
                       verdict->usual ? "" : verdict->message,
                       std::chrono::system_clock::now(),
                       0,
                       made.code_version,
                       {{made.unit.asset, made.data_version}},
                       ""};
  note_outcome(outcome);
  if (verdict->usual) return;
  const std::lock_guard lock(mutex_);
  listener_.note(fmt::format("{}: {}", to_string(made.unit), verdict->message));
}

// ---- Versions and names

std::string Engine::version_now(const std::string& asset, const std::string& partition) const {
  {
    const std::lock_guard lock(mutex_);
    const auto made = versions_.find({asset, partition});
    if (made != versions_.end()) return made->second;
  }
  const auto source = options_.sources.find(asset);
  if (source != options_.sources.end()) return source->second;
  const Asset& of = options_.graph[options_.graph.at(asset)];
  if (partition.empty()) return published_version(of, options_.state).value_or("");
  const auto published = options_.state.published.find({asset, partition});
  return published == options_.state.published.end() ? "" : published->second.data_version;
}

Versions Engine::inputs_now(const Asset& asset, const std::string& partition) const {
  Versions versions;
  for (const std::size_t input : options_.graph.made_inputs(options_.graph.at(asset.name))) {
    const Asset& of = options_.graph[input];
    const bool aligned = !partition.empty() && !of.partitions.empty();
    const std::string version = version_now(of.name, aligned ? partition : "");
    if (!version.empty()) versions[of.name] = version;
  }
  return versions;
}

std::optional<Materialization> Engine::made(const Unit& unit) const {
  const std::lock_guard lock(mutex_);
  const auto found = made_.find(unit);
  return found == made_.end() ? std::nullopt : std::optional(found->second);
}

std::int64_t Engine::most_rows() const {
  std::int64_t most = 0;
  const auto look = [&most](const std::map<Unit, Materialization>& units) {
    for (const auto& [unit, made] : units) most = std::max(most, made.rows.value_or(0));
  };
  look(options_.state.published);
  const std::lock_guard lock(mutex_);
  look(made_);
  return most;
}

std::int64_t Engine::steps_begun() const {
  const std::lock_guard lock(mutex_);
  return begun_;
}

void Engine::hide(const std::string& schema, const std::string& name) {
  const std::lock_guard lock(mutex_);
  hidden_.emplace(schema, name);
}

std::string Engine::current_name(const std::string& schema, const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return hidden_.contains({schema, name}) ? hidden(name) : name;
}

std::string Engine::current_relation(const Unit& unit) const {
  const auto [schema, name] =
      relation_of(options_.graph[options_.graph.at(unit.asset)], unit.partition);
  return sql_relation(schema, current_name(schema, name));
}

// ---- Being told to stop

bool Engine::is_told_to_stop() const { return options_.stop.stop_requested(); }

void Engine::stop_if_told() const {
  if (is_told_to_stop()) throw interrupted_error();
}

// ---- The pulse: progress, memory, records, Ctrl-C

void Engine::pulse() {
  std::unique_lock lock(pulse_mutex_);
  while (!pulse_stop_.wait_for(lock, kPulse, [this] { return stopping_; })) {
    if (interrupting_ && is_told_to_stop()) {
      for (const duck::Connection& lane : lanes_) lane.interrupt();
      for (const duck::Connection* other : options_.others) other->interrupt();
    }
    if (pulse_failure_) continue;  // of which run() will tell; Ctrl-C still works
    try {
      beat();
    } catch (...) {
      pulse_failure_ = std::current_exception();
    }
  }
}

void Engine::beat() {
  {
    const std::lock_guard lock(mutex_);
    const std::int64_t now = resident_bytes();
    peak_ = std::max(peak_, now);
    for (auto& [lane, peak] : peaks_) peak = std::max(peak, now);
    listener_.pulse(lanes_);
  }
  if (recorder_ != nullptr && interrupting_) flush_records(flush_is_due_.exchange(false));
}

void Engine::rethrow_from_pulse() {
  const std::lock_guard lock(pulse_mutex_);
  if (pulse_failure_) std::rethrow_exception(pulse_failure_);
}

// What cannot be written now, on a full disk for one, is tried again at the end of the run.
void Engine::flush_records(bool now) const {
  try {
    if (now) {
      recorder_->flush();
    } else {
      recorder_->flush_if_due();
    }
  } catch (const Error&) {
    return;
  }
}

void Engine::stop_interrupting() {
  const std::lock_guard lock(pulse_mutex_);
  interrupting_ = false;
  stop_if_told();
}

}  // namespace gsa::assets
