#pragma once

// The dashboard as routes of the HTTP server: its pages, and the API of openapi.yaml. Handlers run
// on the server's threads; the other functions are for the thread that owns the dashboard.

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "api/api.h"
#include "http/event_stream.h"
#include "http/metrics.h"
#include "http/router.h"
#include "pipeline/run_options.h"
#include "serve/held_warehouse.h"
#include "serve/live_runs.h"

namespace gsa::serve {

class Dashboard {
 public:
  // Also follows runs that commands begin on `warehouse`, which must outlive this. Throws Error if
  // the project is invalid.
  Dashboard(HeldWarehouse& warehouse, const LiveRuns::Settings& settings);
  Dashboard(const Dashboard&) = delete;
  Dashboard& operator=(const Dashboard&) = delete;

  // The handlers refer to this object. `metrics` supplies the server's numbers for /metrics.
  http::Router router(std::function<http::Metrics()> metrics);

  // Loads the facts for the first page, so that no user waits for them. Returns a warning, or "".
  std::string warm();
  // Reopens the warehouse if DuckDB has ended its instance. Call it often.
  void mend();
  // Stops the active run and waits for it.
  void stop() { runs_.reset(); }

  // Starts a thread that frees memory when there were no page requests for a while. `metrics`
  // supplies the server's numbers. Both this object and `metrics` must outlive the thread.
  std::jthread rest_when_idle(std::function<http::Metrics()> metrics);

 private:
  api::Sources sources(const LiveRuns::Settings& settings) const;
  void add_api(http::Router& router);
  void add_pipeline(http::Router& router);
  void add_sql(http::Router& router);

  HeldWarehouse& warehouse_;
  pipeline::ProjectOptions project_;
  const Invocation& invocation_;  // of gsa serve
  api::Api api_;
  std::shared_ptr<http::Topic> events_ = std::make_shared<http::Topic>();
  std::unique_ptr<LiveRuns> runs_;
  std::atomic<bool> warm_ = false;
};

}  // namespace gsa::serve
