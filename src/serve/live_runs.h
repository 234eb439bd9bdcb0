#pragma once

// Runs as the dashboard follows them. Those that are begun from it go on one at a time, on a thread
// of their own; others are of commands. What happens in them goes to a topic as server-sent events,
// as openapi.yaml says.

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/run_request.h"
#include "http/event_stream.h"
#include "pipeline/pipeline_options.h"
#include "serve/held_warehouse.h"

namespace gsa::serve {

class LiveRuns {
 public:
  // What whoever sees the dashboard may begin; all else is for the command line.
  struct Limits {
    std::int64_t prompts = 20'000'000;  // of all months together: some 4 GB of disk
    std::int64_t months = 24;
    // Of the hub, hf://datasets/OWNER/NAME and below: for these the user's token is used, as for
    // what is published. All others are asked for as anybody would.
    std::vector<std::string> sources;
  };
  struct Settings {
    pipeline::CommonOptions common;
    pipeline::ProjectOptions project;
    pipeline::RecordOptions record;
    Limits limits;
  };
  // `published` is called after a run has published, on its thread. `warehouse` must outlive it.
  LiveRuns(HeldWarehouse& warehouse, Settings settings, std::shared_ptr<http::Topic> topic,
           std::function<void()> published);
  ~LiveRuns();  // stops the run that is going on, and waits for it
  LiveRuns(const LiveRuns&) = delete;
  LiveRuns& operator=(const LiveRuns&) = delete;

  // Returns the run's id once it is on record: within about a second, also where its source has to
  // be looked for or fetched; a run whose source cannot be had has failed then. Throws ApiError:
  // busy (409) while another is going on, nothing_stale (409), too_large (400) beyond the limits,
  // disk_full (409); and Error for what is wrong with the options or the project. Any thread.
  std::int64_t begin(const api::RunRequest& request);
  // What begin() would make of the request, see run_plan.h. Throws as begin() does, but for busy.
  std::string plan(const api::RunRequest& request);
  // Throws ApiError (404) where that run is not going on.
  void cancel(std::int64_t id);
  // Tells of the run that a command is about to begin, which `stop` stops. Must not outlive this.
  std::unique_ptr<pipeline::RunAudience> follow(std::function<void()> stop);

 private:
  class Audience;
  class Going;
  pipeline::PipelineOptions options_of(const api::RunRequest& request);
  void check_limits(const api::RunRequest& request, const pipeline::PipelineOptions& options) const;
  bool may_use_token(const api::RunRequest& request) const;
  void run(const pipeline::PipelineOptions& options, bool with_token, const std::stop_token& stop);
  void began(std::int64_t id, bool is_own, std::function<void()> stop);
  void ended(std::int64_t id);
  void run_to_its_end(const pipeline::PipelineOptions& options, bool with_token,
                      const std::stop_token& stop);
  // Tells of the end of a run whose audience could not, as DuckDB ended its instance.
  void tell_of_broken_run(const Error& failure);

  HeldWarehouse& warehouse_;
  Settings settings_;
  std::shared_ptr<http::Topic> topic_;
  std::function<void()> published_;

  std::mutex mutex_;  // of what follows, but for the thread
  std::condition_variable changed_;
  bool going_ = false;
  std::shared_ptr<Going> looking_;                       // for its source; null: no run is
  std::int64_t id_ = 0;                                  // of the run that is going on; 0: none yet
  std::map<std::int64_t, std::function<void()>> stops_;  // by run, also of commands
  std::exception_ptr failure_;
  std::jthread thread_;  // begin() alone touches it, while nothing is going on
};

}  // namespace gsa::serve
