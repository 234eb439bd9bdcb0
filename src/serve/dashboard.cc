#include "serve/dashboard.h"

#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "api/api_error.h"
#include "base/error.h"
#include "http/static_files.h"
#include "pipeline/asset_states.h"
#include "pipeline/model_lineage.h"
#include "pipeline/open_project.h"
#include "pipeline/semantic_record.h"
#include "serve/query_pool.h"
#include "serve/web_files.h"

namespace gsa::serve {
namespace {

using http::Request;
using http::Response;

constexpr std::int64_t kRunsOnAPage = 50, kMaterializations = 100, kMostListed = 1000;

// An open page keeps the data it needs in memory. Without requests, it is freed after this time.
constexpr std::chrono::seconds kIdle{30}, kIdleCheck{1};

constexpr int kUnavailable = 503;

// Health and metrics probes do not count as activity.
std::uint64_t requests_of_pages(const http::Metrics& metrics) {
  std::uint64_t requests = 0;
  for (const auto& [route, counts] : metrics.routes) {
    if (route == "GET /healthz" || route == "GET /metrics") continue;
    for (const std::uint64_t count : counts.by_status_class) requests += count;
  }
  return requests;
}

// A handler that answers with JSON and turns exceptions into errors of the API.
http::Handler answering(std::function<Response(const Request&)> handle) {
  return [handle = std::move(handle)](const Request& request) {
    try {
      return handle(request);
    } catch (const std::exception& error) {
      Response response = Response::json(api::error_json(error), api::status_of(error));
      if (response.status >= 500) response.failure = api::full_text(error);
      if (response.status == kUnavailable) response.headers.set("Retry-After", "1");
      return response;
    }
  };
}

template <typename Answer>
http::Handler json(const Answer& answer) {
  return answering([answer](const Request& request) { return Response::json(answer(request)); });
}

std::int64_t integer(std::string_view text, std::string_view name, std::int64_t min,
                     std::int64_t max) {
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || value < min ||
      value > max) {
    throw api::bad_request(
        fmt::format("{} must be a whole number from {} to {}, not '{}'", name, min, max, text));
  }
  return value;
}

std::optional<std::int64_t> maybe_integer(const Request& request, std::string_view name,
                                          std::int64_t min, std::int64_t max) {
  const auto text = request.query.find(name);
  if (!text) return std::nullopt;
  return integer(*text, name, min, max);
}

std::string text_of(const Request& request, std::string_view name) {
  return std::string(request.query.find(name).value_or(""));
}

std::string in_path(const Request& request, std::string_view name) {
  return std::string(request.path_parameters.find(name).value_or(""));
}

std::int64_t id_of(const Request& request) {
  constexpr std::int64_t kMost = std::int64_t{1} << 53;
  return integer(in_path(request, "id"), "id", 0, kMost);
}

api::SessionPageRequest page_of(const Request& request) {
  api::SessionPageRequest page;
  page.filters = text_of(request, "filters");
  page.from = text_of(request, "from");
  page.to = text_of(request, "to");
  if (const auto sort = request.query.find("sort")) page.sort = std::string(*sort);
  page.limit = maybe_integer(request, "limit", 1, api::kMaxPage).value_or(page.limit);
  page.offset = maybe_integer(request, "offset", 0, api::kMaxOffset).value_or(0);
  page.after = text_of(request, "after");
  return page;
}

api::AssetsNow assets_now(const pipeline::ProjectOptions& options, const Invocation& invocation,
                          duck::Connection& connection) {
  const std::string database = connection.query("select current_database()").text(0, 0);
  const dbt::Project project = pipeline::load_project(options, invocation, database);
  pipeline::AssetOverview overview(project, connection);
  return {std::move(overview.catalog.graph), std::move(overview.states)};
}

api::ColumnLineage lineage_now(const pipeline::ProjectOptions& options,
                               const Invocation& invocation, duck::Connection& connection) {
  const std::string database = connection.query("select current_database()").text(0, 0);
  const dbt::Project project = pipeline::load_project(options, invocation, database);
  const pipeline::AssetOverview overview(project, connection);
  api::ColumnLineage lineage;
  for (const auto& [asset, query] :
       pipeline::lineage_of_models(project, overview.catalog, connection)) {
    for (const lineage::OutputColumn& column : query.columns) {
      std::vector<api::ColumnName>& from = lineage[{asset, column.name}];
      for (const lineage::ColumnRef& source : column.from)
        from.push_back({source.relation, source.column});
    }
  }
  return lineage;
}

}  // namespace

Dashboard::Dashboard(HeldWarehouse& warehouse, const LiveRuns::Settings& settings)
    : warehouse_(warehouse),
      project_(settings.project),
      invocation_(settings.common.invocation()),
      api_(warehouse.database(), pipeline::load_project(settings.project, invocation_),
           sources(settings)),
      runs_(std::make_unique<LiveRuns>(warehouse, settings, events_, [this] {
        warehouse_.snapshots().keep_current();
        warm();
      })) {
  warehouse.keeps_connections([this] { api_.let_go_if_ended(); });
  warehouse.follow_runs(
      [this](std::function<void()> stop) { return runs_->follow(std::move(stop)); });
}

api::Sources Dashboard::sources(const LiveRuns::Settings& settings) const {
  api::Sources sources;
  sources.memory_limit = settings.common.warehouse.memory_limit;
  // For a warehouse that was built before measures were recorded.
  sources.layer = std::make_shared<const semantic::Layer>(pipeline::built_in_layer());
  sources.queries = make_query_pool(warehouse_, settings.common.warehouse.threads);
  sources.assets = [this](duck::Connection& connection) {
    return assets_now(project_, invocation_, connection);
  };
  sources.lineage = [this](duck::Connection& connection) {
    return lineage_now(project_, invocation_, connection);
  };
  return sources;
}

// Does nothing if nothing is published yet.
std::string Dashboard::warm() {
  try {
    api_.warm();
    warm_ = true;
    return "";
  } catch (const api::ApiError& error) {
    return error.word() == "not_published" ? "" : error.message();
  } catch (const Error& error) {
    return error.message();
  }
}

void Dashboard::mend() {
  if (!warehouse_.database().is_invalidated()) return;
  api_.let_go_if_ended();
  warehouse_.database().reopen();
}

// Any request reloads the facts that it needs.
std::jthread Dashboard::rest_when_idle(std::function<http::Metrics()> metrics) {
  return std::jthread([this, metrics = std::move(metrics)](const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    std::uint64_t asked = 0;
    auto idle_since = std::chrono::steady_clock::now();
    bool rests = false;
    for (;;) {
      changed.wait_for(lock, stop, kIdleCheck, [] { return false; });
      if (stop.stop_requested()) return;
      const http::Metrics now = metrics();
      const std::uint64_t asked_now = requests_of_pages(now);
      if (asked_now != asked || now.event_streams > 0 || warm_.exchange(false)) {
        asked = asked_now;
        idle_since = std::chrono::steady_clock::now();
        rests = false;
      }
      if (rests || std::chrono::steady_clock::now() - idle_since < kIdle) continue;
      try {
        rests = warehouse_.while_unused([this] { return api_.release(); });
      } catch (const Error&) {
        rests = true;  // the process rests until the next request
      }
    }
  });
}

http::Router Dashboard::router(std::function<http::Metrics()> metrics) {
  http::Router router;
  http::RouteOptions open;
  open.immediate = open.open = open.page = true;
  router.add(
      "GET", "/healthz",
      [this](const Request&) {
        if (!warehouse_.database().is_invalidated()) return Response::text("ok\n");
        Response response = Response::text("the warehouse is being opened anew\n");
        response.status = kUnavailable;
        response.headers.set("Retry-After", "1");
        return response;
      },
      open);
  http::RouteOptions counts;
  counts.page = true;
  router.add(
      "GET", "/metrics",
      [metrics = std::move(metrics)](const Request&) {
        return Response::text(http::prometheus_text(metrics()),
                              "text/plain; version=0.0.4; charset=utf-8");
      },
      counts);
  http::add_static_files(router, web_files(),
                         {"/", "/friction", "/cost", "/engagement", "/sessions", "/sessions/{id}",
                          "/pipeline", "/sql", "/data", "/data/{table}"});
  add_api(router);
  add_pipeline(router);
  add_sql(router);
  return router;
}

void Dashboard::add_api(http::Router& router) {
  http::RouteOptions quick;
  quick.work = http::Work::quick;
  using Post = std::string (api::Api::*)(std::string_view);
  const auto post = [&](const char* path, Post answer) {
    router.add("POST", path, json([this, answer](const Request& request) {
                 return (api_.*answer)(request.body);
               }));
  };
  post("/api/metrics", &api::Api::post_metrics);
  post("/api/changes", &api::Api::post_changes);
  post("/api/contribution", &api::Api::post_contribution);
  post("/api/histogram", &api::Api::post_histogram);
  post("/api/cube", &api::Api::post_cube);
  post("/api/funnel", &api::Api::post_funnel);
  post("/api/cohorts", &api::Api::post_cohorts);
  post("/api/top-users", &api::Api::post_top_users);
  router.add("GET", "/api/openapi.yaml", answering([this](const Request&) {
               return Response::text(api_.get_contract(), "application/yaml");
             }),
             quick);
  router.add("GET", "/api/catalog", json([this](const Request&) { return api_.get_catalog(); }),
             quick);
  router.add("GET", "/api/sessions",
             json([this](const Request& request) { return api_.get_sessions(page_of(request)); }));
  router.add("GET", "/api/sessions.csv", answering([this](const Request& request) {
               const auto rows = api_.get_sessions_csv(page_of(request), request.cancelled);
               Response response =
                   Response::stream("text/csv; charset=utf-8", [rows](http::BodyWriter& body) {
                     rows([&](std::string_view bytes) { return body.write(bytes); });
                   });
               // No filename: the page chooses one that describes the sessions.
               response.headers.set("Content-Disposition", "attachment");
               return response;
             }));
  router.add("GET", "/api/sessions/{id}",
             json([this](const Request& request) { return api_.get_session(id_of(request)); }));
  router.add("GET", "/api/dictionary",
             json([this](const Request&) { return api_.get_dictionary(); }));
  router.add("GET", "/api/dictionary/{table}/profile", json([this](const Request& request) {
               return api_.get_profile(in_path(request, "table"));
             }));
}

void Dashboard::add_pipeline(http::Router& router) {
  router.add("GET", "/api/assets", json([this](const Request&) { return api_.get_assets(); }));
  router.add("GET", "/api/assets/{name}", json([this](const Request& request) {
               return api_.get_asset(
                   in_path(request, "name"),
                   maybe_integer(request, "limit", 1, kMostListed).value_or(kMaterializations));
             }));
  router.add("GET", "/api/runs", json([this](const Request& request) {
               return api_.get_runs(
                   maybe_integer(request, "limit", 1, kMostListed).value_or(kRunsOnAPage),
                   maybe_integer(request, "before", 1, INT64_MAX));
             }));
  router.add("GET", "/api/runs/{id}",
             json([this](const Request& request) { return api_.get_run(id_of(request)); }));
  router.add("POST", "/api/runs", answering([this](const Request& request) {
               const std::int64_t id = runs_->begin(api::read_run_request(request.body));
               return Response::json(fmt::format("{{\"id\":{}}}", id), 202);
             }));
  router.add("POST", "/api/runs/plan", json([this](const Request& request) {
               return runs_->plan(api::read_run_request(request.body));
             }));
  http::RouteOptions cancel;
  cancel.work = http::Work::cancel;
  router.add("DELETE", "/api/runs/{id}", answering([this](const Request& request) {
               runs_->cancel(id_of(request));
               Response response;
               response.status = 202;
               return response;
             }),
             cancel);
  http::RouteOptions immediate;
  immediate.immediate = true;
  router.add(
      "GET", "/api/events",
      [this](const Request& request) { return http::event_stream(events_, request); }, immediate);
}

void Dashboard::add_sql(http::Router& router) {
  http::RouteOptions cancel, lengthy;
  cancel.work = http::Work::cancel;
  lengthy.work = http::Work::lengthy;
  router.add("POST", "/api/sql", json([this](const Request& request) {
               return api_.post_sql(request.body, request.cancelled);
             }),
             lengthy);
  router.add("DELETE", "/api/sql/{id}", answering([this](const Request& request) {
               api_.cancel_sql(in_path(request, "id"));
               return Response::no_content();
             }),
             cancel);
  router.add("GET", "/api/sql/schema", json([this](const Request&) {
               warehouse_.snapshots().prepare();  // a query probably follows
               return api_.get_sql_schema();
             }));
}

}  // namespace gsa::serve
