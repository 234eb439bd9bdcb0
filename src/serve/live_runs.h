#pragma once

// The runs that the dashboard shows. Runs begun from the dashboard execute one at a time on a
// thread of this object; commands begin the others. Progress goes to a topic as server-sent events,
// in the format of openapi.yaml.

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
  // Limits for runs from the dashboard; larger runs need the command line.
  struct Limits {
    std::int64_t prompts = 20'000'000;  // of all months together: about 4 GB of disk
    std::int64_t months = 24;
    // Datasets of the hub, hf://datasets/OWNER/NAME and below. Only these, and the published
    // source, are requested with the user's token; all others are requested anonymously.
    std::vector<std::string> sources;
  };
  struct Settings {
    pipeline::CommonOptions common;
    pipeline::ProjectOptions project;
    pipeline::RecordOptions record;
    Limits limits;
  };
  // Calls `published` after a run has published, on the run's thread. `warehouse` must outlive
  // this.
  LiveRuns(HeldWarehouse& warehouse, Settings settings, std::shared_ptr<http::Topic> topic,
           std::function<void()> published);
  ~LiveRuns();  // stops the active run and waits for it
  LiveRuns(const LiveRuns&) = delete;
  LiveRuns& operator=(const LiveRuns&) = delete;

  // Returns the run's id once it is on record: within about a second, even if the source must be
  // resolved or downloaded first (a run whose source is unavailable then fails). Throws ApiError:
  // busy (409) while another run is active, nothing_stale (409), too_large (400) beyond the limits,
  // disk_full (409); and Error for errors in the options or the project. Any thread.
  std::int64_t begin(const api::RunRequest& request);
  // The plan of such a run, see run_plan.h. Throws like begin(), except busy. Any thread.
  std::string plan(const api::RunRequest& request);
  // Throws ApiError (404) if that run is not active. Any thread.
  void cancel(std::int64_t id);
  // A listener for the run that a command is about to begin; `stop` stops that run. Must not
  // outlive this.
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
  // Reports the end of a run whose listener could not, because DuckDB ended its instance.
  void tell_of_broken_run(const Error& failure);

  HeldWarehouse& warehouse_;
  Settings settings_;
  std::shared_ptr<http::Topic> topic_;
  std::function<void()> published_;

  std::mutex mutex_;  // guards the members below, except the thread
  std::condition_variable changed_;
  bool going_ = false;
  std::shared_ptr<Going> looking_;                       // resolving its source; null: no run is
  std::int64_t id_ = 0;                                  // of the active run; 0: not known yet
  std::map<std::int64_t, std::function<void()>> stops_;  // by run; includes commands
  std::exception_ptr failure_;
  std::jthread thread_;  // only begin() uses it, while no run is active
};

}  // namespace gsa::serve
