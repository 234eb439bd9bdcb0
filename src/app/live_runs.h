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
#include <thread>

#include "api/run_request.h"
#include "app/held_warehouse.h"
#include "app/pipeline_options.h"
#include "http/event_stream.h"

namespace gsa::app {

class LiveRuns {
 public:
  struct Settings {
    CommonOptions common;
    ProjectOptions project;
    RecordOptions record;
  };
  // `published` is called after a run has published, on its thread. `warehouse` must outlive it.
  LiveRuns(HeldWarehouse& warehouse, Settings settings, std::shared_ptr<http::Topic> topic,
           std::function<void()> published);
  ~LiveRuns();  // stops the run that is going on, and waits for it
  LiveRuns(const LiveRuns&) = delete;
  LiveRuns& operator=(const LiveRuns&) = delete;

  // Returns the run's id once it is on record, which is after its source was found or fetched.
  // Throws ApiError: busy (409) while another is going on, nothing_stale (409); and Error for what
  // is wrong with the options or the project. Any thread.
  std::int64_t begin(const api::RunRequest& request);
  // Throws ApiError (404) where that run is not going on.
  void cancel(std::int64_t id);
  // Tells of the run that a command is about to begin on this thread. Must not outlive this.
  std::unique_ptr<RunAudience> follow();

 private:
  class Audience;
  PipelineOptions options_of(const api::RunRequest& request);
  void run(const PipelineOptions& options, const std::stop_token& stop);
  void began(std::int64_t id, bool is_own, std::function<void()> stop);
  void ended(std::int64_t id);
  void run_to_its_end(const PipelineOptions& options, const std::stop_token& stop);

  HeldWarehouse& warehouse_;
  Settings settings_;
  std::shared_ptr<http::Topic> topic_;
  std::function<void()> published_;

  std::mutex mutex_;  // of what follows, but for the thread
  std::condition_variable changed_;
  bool going_ = false;
  std::int64_t id_ = 0;                                  // of the run that is going on; 0: none yet
  std::map<std::int64_t, std::function<void()>> stops_;  // by run, also of commands
  std::exception_ptr failure_;
  std::jthread thread_;  // begin() alone touches it, while nothing is going on
};

}  // namespace gsa::app
