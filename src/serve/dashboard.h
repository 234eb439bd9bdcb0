#pragma once

// The dashboard as routes of the HTTP server: its pages, and the API of openapi.yaml.

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
  // Follows the runs of commands on `warehouse` as well. Throws Error where the project is wrong.
  Dashboard(HeldWarehouse& warehouse, const LiveRuns::Settings& settings);
  Dashboard(const Dashboard&) = delete;
  Dashboard& operator=(const Dashboard&) = delete;

  // The handlers refer to this. `metrics` is asked for the server's, for /metrics.
  http::Router router(std::function<http::Metrics()> metrics);

  // Reads what the first page needs, so that nobody waits for it.
  std::string warm();
  // Opens the warehouse anew where DuckDB has ended its instance. Call it often.
  void mend();
  // Stops the run that is going on.
  void stop() { runs_.reset(); }

  // Gives memory back when nobody has asked anything for a while; ends with the thread. `metrics`
  // is asked for the server's.
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
