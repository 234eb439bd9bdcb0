#pragma once

// Runs that are begun from the dashboard: one at a time, on a thread of their own. What happens in
// them goes to a topic as server-sent events, as openapi.yaml says.

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "api/run_request.h"
#include "app/pipeline_options.h"
#include "duck/database.h"
#include "http/event_stream.h"

namespace gsa::app {

class LiveRuns {
 public:
  struct Settings {
    CommonOptions common;
    ProjectOptions project;
    RecordOptions record;
  };
  // `published` is called after a run has published, on its thread.
  LiveRuns(const duck::Database& database, Settings settings, std::shared_ptr<http::Topic> topic,
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

 private:
  class Audience;
  PipelineOptions options_of(const api::RunRequest& request);
  bool run(const PipelineOptions& options, const std::stop_token& stop, Audience& audience);
  void run_to_its_end(const PipelineOptions& options, const std::stop_token& stop);

  duck::Database database_;
  Settings settings_;
  std::shared_ptr<http::Topic> topic_;
  std::function<void()> published_;

  std::mutex mutex_;  // of what follows, but for the thread
  std::condition_variable changed_;
  bool going_ = false;
  std::int64_t id_ = 0;  // of the run that is going on; 0: none yet
  std::exception_ptr failure_;
  std::jthread thread_;  // begin() alone touches it, while nothing is going on
};

}  // namespace gsa::app
