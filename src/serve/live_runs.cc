#include "serve/live_runs.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "api/api_error.h"
#include "api/json_writer.h"
#include "api/runs_api.h"
#include "assets/history.h"
#include "assets/recorder.h"
#include "base/file.h"
#include "base/text.h"
#include "hub/fetch.h"
#include "pipeline/open_project.h"
#include "pipeline/pipeline_run.h"
#include "pipeline/run_log.h"
#include "prompts/resolve.h"
#include "serve/run_plan.h"
#include "sim/period.h"

namespace gsa::serve {
namespace {

using WallClock = std::chrono::system_clock;

// Often enough for a smooth bar, rarely enough for two hundred dashboards.
constexpr auto kProgressInterval = std::chrono::milliseconds(250);

// How long begin() waits for the source of a run before it records the run: within this time, small
// runs of local sources have planned and can report that nothing is stale.
constexpr auto kSourcePatience = std::chrono::seconds(1);

// Disk space per prompt for its raw tables and models, beside the published ones. Twice the value
// measured with two million prompts.
constexpr std::int64_t kBytesOfPrompt = 300;

// "2025-12-24 18:30:00.123", as in the records.
std::string sql_time(WallClock::time_point time) {
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
  return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03}", fmt::gmtime(WallClock::to_time_t(time)),
                     ms % 1000);
}

std::string run_json(const assets::RunRecord& run) {
  api::JsonWriter json;
  json.begin_object();
  json.key("run");
  api::write_run(json, run);
  json.end_object();
  return json.take();
}

// The options that the published raw tables were built with.
void take_published(const assets::State& state, pipeline::RawOptions& raw) {
  assets::Code code;
  for (const assets::Asset& asset : pipeline::published_raw_assets(state)) {
    code.insert(asset.code.begin(), asset.code.end());
  }
  const auto value = [&](const char* key) -> const std::string* {
    const auto found = code.find(key);
    return found == code.end() ? nullptr : &found->second;
  };
  raw.sources = pipeline::published_sources(state);
  if (raw.sources.empty()) {
    // An older gsa has only what it showed, which is not taken apart: a path may hold a comma.
    const auto* source = value("--source");
    raw.sources = {source != nullptr ? *source : "auto"};
  }
  raw.events = pipeline::published_event_options(state);
  if (const auto* prompts = value("--prompts")) {
    raw.prompts = std::stoll(*prompts);
    raw.prompts_given = true;
  }
  if (const auto* users = value("--users")) raw.simulation.users = std::stoi(*users);
  if (const auto* seed = value("--seed")) raw.simulation.seed = std::stoull(*seed);
  if (const auto* behavior = value("--behavior")) {
    raw.behavior = *behavior == pipeline::name_of(pipeline::Behavior::observed)
                       ? pipeline::Behavior::observed
                       : pipeline::Behavior::simulated;
  }
}

std::vector<assets::RunOption> given_options(const api::RunRequest& request) {
  std::vector<assets::RunOption> given;
  const auto add = [&](const char* option, const auto& value) {
    given.push_back({option, fmt::format("{}", value)});
  };
  if (request.source) add("--source", *request.source);
  if (request.prompts) add("--prompts", *request.prompts);
  if (request.users) add("--users", *request.users);
  if (request.seed) add("--seed", *request.seed);
  if (request.observed) add("--behavior", *request.observed ? "observed" : "simulated");
  if (!request.month.empty()) add("--month", request.month);
  for (const std::string& selector : request.select) add("--select", selector);
  for (const std::string& selector : request.exclude) add("--exclude", selector);
  if (request.full_refresh) given.push_back({"--full-refresh", ""});
  return given;
}

}  // namespace

// Publishes the events of a run to the topic.
class LiveRuns::Audience : public pipeline::RunAudience {
 public:
  // `is_own`: begin() began the run. `stop` stops the run.
  Audience(LiveRuns& runs, bool is_own, std::function<void()> stop)
      : runs_(runs),
        connection_(runs.warehouse_.database().connect()),
        is_own_(is_own),
        stop_(std::move(stop)) {}

  void run_began(std::int64_t id) override {
    run_ = id;
    begun_ = WallClock::now();
    runs_.topic_->publish("run_started", run_json(assets::run_of(
                                             connection_, id, assets::Unfinished::may_be_running)));
    runs_.began(id, is_own_, stop_);
  }

  void begun(const assets::StepRecord& step) override {
    running_[step.lane] = placed(step);
    tell(running_[step.lane], std::nullopt);
  }

  void ended(const assets::StepRecord& step, const Error* failure, std::size_t /*number*/,
             std::size_t /*total*/) override {
    running_.erase(step.lane);
    tell(placed(step), std::nullopt);
    if (failure != nullptr) log("error", step.name, step.kind + "_failed", failure->message());
  }

  void note(const std::string& text) override { log("info", "", "note", text); }

  void pulse(const std::vector<duck::Connection>& lanes) override {
    const auto now = WallClock::now();
    if (now - told_progress_ < kProgressInterval) return;
    told_progress_ = now;
    for (const auto& [lane, step] : running_) {
      const auto number = static_cast<std::size_t>(lane - 1);
      const double fraction = number < lanes.size() ? lanes[number].progress().fraction : -1;
      // Clients that connect during a step do not know it yet: only ended steps are on record.
      tell(step, fraction >= 0 ? std::optional(std::min(fraction, 1.0)) : std::nullopt);
    }
  }

  void run_ended() noexcept override {
    const std::int64_t id = std::exchange(run_, 0);
    if (id == 0) return;
    runs_.ended(id);
    try {
      const assets::RunRecord run =
          assets::run_of(connection_, id, assets::Unfinished::may_be_running);
      if (run.published) {
        runs_.published_();
        runs_.topic_->publish("published", fmt::format("{{\"publication\":{}}}", id));
      }
      runs_.topic_->publish("run_finished", run_json(run));
    } catch (const std::exception&) {
      // Expected: clients that reconnect read it from the records.
    }
  }

 private:
  double seconds_at(WallClock::time_point time) const {
    return std::max(0.0, std::chrono::duration<double>(time - begun_).count());
  }

  // With seconds from the begin of the run, as if it was read from the records.
  assets::StepRecord placed(const assets::StepRecord& step) const {
    assets::StepRecord placed = step;
    if (step.started_at) placed.begun = seconds_at(*step.started_at);
    if (step.ended_at) placed.ended = seconds_at(*step.ended_at);
    return placed;
  }

  void tell(const assets::StepRecord& step, std::optional<double> progress) {
    api::JsonWriter json;
    json.begin_object();
    json.field("run", run_);
    json.key("step");
    api::write_step(json, step);
    json.field("progress", progress);
    json.end_object();
    runs_.topic_->publish("step", json.take());
  }

  void log(const char* level, const std::string& asset, std::string event, std::string message) {
    assets::EventRecord record;
    record.at = sql_time(WallClock::now());
    record.level = level;
    record.asset = asset;
    record.event = std::move(event);
    record.message = std::move(message);
    api::JsonWriter json;
    api::write_event(json, run_, record);
    runs_.topic_->publish("log", json.take());
  }

  LiveRuns& runs_;
  duck::Connection connection_;
  bool is_own_;
  std::function<void()> stop_;
  std::int64_t run_ = 0;
  WallClock::time_point begun_, told_progress_;
  std::map<std::int64_t, assets::StepRecord> running_;  // by lane
};

// A run that begin() began, from the moment it has the warehouse. Resolving its source may take as
// long as the hub does, so begin() may have the run recorded meanwhile.
class LiveRuns::Going {
 public:
  Going(LiveRuns& runs, const pipeline::PipelineOptions& options, std::function<void()> stop)
      : options_(options),
        database_(runs.warehouse_.open(assets::Access::change, "a run begun from the dashboard")),
        audience_(runs, true, std::move(stop)) {}

  const duck::Database& database() const { return database_; }
  Audience& audience() { return audience_; }

  // Records the run, unless it is on record or its source was found. Any thread.
  void begin() {
    const std::lock_guard lock(mutex_);
    if (!has_source_) put_on_record();
  }
  // Returns the recorder of the run; null if it is not on record yet.
  assets::Recorder* found_source() {
    const std::lock_guard lock(mutex_);
    has_source_ = true;
    return recorder_ ? &*recorder_ : nullptr;
  }
  // Records the failure to get the source.
  void fail(const Error& error) {
    const std::lock_guard lock(mutex_);
    put_on_record();
    end(&error);
  }
  // For a run on record that ended early: nothing was stale, or an error came before it built
  // anything.
  void end(const Error* error) {
    if (recorder_ && !recorder_->has_ended()) {
      assets::RunTotals totals;
      totals.status = assets::status_after(error);
      if (error != nullptr) totals.message = error->message();
      recorder_->end(totals, options_.record.history_days);
    }
    audience_.run_ended();
  }

 private:
  void put_on_record() {
    if (recorder_) return;
    recorder_.emplace(database_, assets::RunHeader{"run", options_.given, "",
                                                   options_.common.warehouse.threads, GSA_VERSION});
    audience_.run_began(recorder_->run_id());
  }

  const pipeline::PipelineOptions options_;
  const duck::Database database_;
  Audience audience_;
  std::mutex mutex_;
  bool has_source_ = false;
  std::optional<assets::Recorder> recorder_;
};

LiveRuns::LiveRuns(HeldWarehouse& warehouse, Settings settings, std::shared_ptr<http::Topic> topic,
                   std::function<void()> published)
    : warehouse_(warehouse),
      settings_(std::move(settings)),
      topic_(std::move(topic)),
      published_(std::move(published)) {}

LiveRuns::~LiveRuns() = default;

pipeline::PipelineOptions LiveRuns::options_of(const api::RunRequest& request) {
  pipeline::PipelineOptions options;
  options.common = settings_.common;
  options.common.quiet = true;
  options.project = settings_.project;
  options.record = settings_.record;
  duck::Connection connection = warehouse_.database().connect();
  take_published(assets::read_state(connection), options.raw);
  if (request.source) {
    options.raw.sources = {*request.source};
    options.raw.events = {};
  }
  for (const std::string& source : options.raw.sources) {
    if (!request.source && prompts::is_pipe(source, options.common.invocation())) {
      throw api::bad_request("the published prompts came through a pipe, which is read once",
                             "name a source for this run, or use gsa run --source");
    }
  }
  if (request.prompts) {
    options.raw.prompts = *request.prompts;
    options.raw.prompts_given = true;
  }
  if (request.users) options.raw.simulation.users = static_cast<std::int32_t>(*request.users);
  if (request.seed) options.raw.simulation.seed = static_cast<std::uint64_t>(*request.seed);
  if (request.observed) {
    options.raw.behavior =
        *request.observed ? pipeline::Behavior::observed : pipeline::Behavior::simulated;
  }
  if (!request.month.empty()) options.months = sim::parse_months(request.month);
  options.project.select = request.select;
  options.project.exclude = request.exclude;
  options.full_refresh = request.full_refresh;
  options.given = given_options(request);
  if (request.source && prompts::is_file_source(*request.source)) {
    throw api::bad_request(fmt::format("'{}' is a file: the dashboard reads none", *request.source),
                           "use synthetic, diffusiondb, diffusiondb-large or hf://…; files are for "
                           "gsa run --source");
  }
  return options;
}

// The options of the published run are the user's own, so limits apply only to what the request
// adds.
void LiveRuns::check_limits(const api::RunRequest& request,
                            const pipeline::PipelineOptions& options) const {
  const Limits& limits = settings_.limits;
  const auto months = std::max<std::int64_t>(1, std::ssize(options.months));
  if (months > limits.months) {
    throw api::ApiError(
        "too_large", 400,
        fmt::format("a run from the page may make {} months, not {}", limits.months, months),
        "name fewer months, or start gsa serve with a larger --max-run-months");
  }
  const bool asks = request.prompts || !request.month.empty();
  if (asks && options.raw.prompts > limits.prompts / months) {
    throw api::ApiError(
        "too_large", 400,
        fmt::format("a run from the page may make {} prompts, not {}",
                    with_thousands(limits.prompts), with_thousands(options.raw.prompts * months)),
        "ask for fewer, or start gsa serve with a larger --max-run-prompts");
  }
  if (!asks) return;
  std::error_code failed;
  const auto folder = std::filesystem::absolute(warehouse_.path()).parent_path();
  const auto room = std::filesystem::space(folder, failed);
  const auto needed =
      static_cast<double>(options.raw.prompts) * static_cast<double>(months * kBytesOfPrompt);
  if (failed || static_cast<double>(room.available) >= needed) return;
  throw api::ApiError(
      "disk_full", 409,
      fmt::format("a run of {} prompts needs about {} of disk, and {} are free",
                  with_thousands(options.raw.prompts * months), format_bytes(needed),
                  format_bytes(static_cast<double>(room.available))),
      "ask for fewer prompts, or make room on the disk of the warehouse");
}

// Anybody who sees the page may name any dataset of the hub, and could otherwise read private data
// of the user.
bool LiveRuns::may_use_token(const api::RunRequest& request) const {
  if (!request.source) return true;
  const std::vector<std::string>& allowed = settings_.limits.sources;
  return !request.source->starts_with("hf://") ||
         std::any_of(allowed.begin(), allowed.end(), [&](const std::string& source) {
           const std::string folder = source.ends_with('/') ? source : source + "/";
           return *request.source == source || request.source->starts_with(folder) ||
                  request.source->starts_with(source + "@");
         });
}

std::int64_t LiveRuns::begin(const api::RunRequest& request) {
  const pipeline::PipelineOptions options = options_of(request);
  check_limits(request, options);
  const bool with_token = may_use_token(request);
  std::unique_lock lock(mutex_);
  if (going_) {
    throw api::ApiError("busy", 409, "a run is going on", "wait for its end, or stop it");
  }
  going_ = true;
  id_ = 0;
  failure_ = nullptr;
  try {
    thread_ = std::jthread([this, options, with_token](const std::stop_token& stop) {
      run_to_its_end(options, with_token, stop);
    });
  } catch (...) {
    going_ = false;
    throw;
  }
  const auto has_begun = [this] { return id_ != 0 || !going_; };
  if (!changed_.wait_for(lock, kSourcePatience, has_begun) && looking_) {
    const std::shared_ptr<Going> going = looking_;
    lock.unlock();
    going->begin();
    lock.lock();
  }
  changed_.wait(lock, has_begun);
  if (id_ != 0) return id_;
  if (failure_) std::rethrow_exception(failure_);
  throw api::ApiError("nothing_stale", 409, "nothing is stale: all assets are up to date",
                      "tick full refresh to make them all the same");
}

std::string LiveRuns::plan(const api::RunRequest& request) {
  return run_plan_json(options_of(request), warehouse_);
}

void LiveRuns::cancel(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  const auto found = stops_.find(id);
  if (found == stops_.end()) throw api::not_found(fmt::format("run {} is not going on", id));
  found->second();
}

std::unique_ptr<pipeline::RunAudience> LiveRuns::follow(std::function<void()> stop) {
  return std::make_unique<Audience>(*this, false, std::move(stop));
}

void LiveRuns::began(std::int64_t id, bool is_own, std::function<void()> stop) {
  const std::lock_guard lock(mutex_);
  stops_.emplace(id, std::move(stop));
  if (is_own) id_ = id;
  changed_.notify_all();
}

void LiveRuns::ended(std::int64_t id) {
  const std::lock_guard lock(mutex_);
  stops_.erase(id);
}

void LiveRuns::run(const pipeline::PipelineOptions& options, bool with_token,
                   const std::stop_token& stop) {
  const Invocation& invocation = options.common.invocation();
  const dbt::Project project =
      pipeline::load_project(options.project, invocation, options.common.warehouse.path);
  const auto going = std::make_shared<Going>(*this, options, [this] { thread_.request_stop(); });
  const auto look = [&](const std::shared_ptr<Going>& looking) {
    const std::lock_guard lock(mutex_);
    looking_ = looking;
  };
  hub::FetchEvents events;
  events.cancelled = [&stop] { return stop.stop_requested(); };
  prompts::ResolvedSources sources;
  look(going);
  try {
    sources = prompts::resolve(options.raw.sources, invocation, events, with_token);
  } catch (const Error& error) {
    look(nullptr);
    going->fail(error);
    throw;
  }
  look(nullptr);
  assets::Recorder* const recorder = going->found_source();
  try {
    pipeline::run_pipeline(options, project, sources, going->database(),
                           {&going->audience(), stop, recorder});
    going->end(nullptr);
  } catch (const Error& error) {
    if (!going->database().is_invalidated()) going->end(&error);
    throw;
  }
}

void LiveRuns::tell_of_broken_run(const Error& failure) {
  if (!warehouse_.database().is_invalidated()) return;
  assets::end_broken_run(warehouse_.database(), failure);
  std::int64_t id = 0;
  {
    const std::lock_guard lock(mutex_);
    id = id_;
    stops_.erase(id);
  }
  try {
    duck::Connection connection = warehouse_.database().connect();
    topic_->publish("run_finished",
                    run_json(assets::run_of(connection, id, assets::Unfinished::may_be_running)));
  } catch (const Error&) {
    return;  // clients that reconnect read it from the records
  }
}

void LiveRuns::run_to_its_end(const pipeline::PipelineOptions& options, bool with_token,
                              const std::stop_token& stop) {
  std::exception_ptr failure;
  try {
    run(options, with_token, stop);
  } catch (const assets::WarehouseInUse& error) {
    failure = std::make_exception_ptr(
        api::ApiError("busy", 409, error.message(), "wait for its end, or stop it"));
  } catch (const Error& error) {
    failure = std::current_exception();
    tell_of_broken_run(error);
  } catch (...) {
    failure = std::current_exception();
  }
  const std::lock_guard lock(mutex_);
  failure_ = failure;
  going_ = false;
  changed_.notify_all();
}

}  // namespace gsa::serve
