#pragma once

// The dashboard's API without HTTP: one function per operation of openapi.yaml, text in and text
// out.
//
// Any thread may call any function; it blocks until the answer is ready. Errors are thrown;
// error_json() and status_of() (api_error.h) convert them into an answer. An Api keeps its own
// connections and caches; `database` may be used by others meanwhile.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "api/dictionary.h"
#include "api/fact_store.h"
#include "api/friction_rule.h"
#include "api/runs_api.h"
#include "api/sessions.h"
#include "api/sql_sandbox.h"
#include "duck/database.h"

namespace gsa::api {

// What the owner of an Api supplies.
struct Sources {
  // The current assets; called for each request, on a connection of the Api.
  std::function<AssetsNow(duck::Connection&)> assets;
  // The measures of a warehouse that has none on record; null: those of `project`.
  std::shared_ptr<const Layer> layer;
  // The lineage of all columns; called on the first request for the dictionary after a publication.
  std::function<ColumnLineage(duck::Connection&)> lineage;
  // How to report runs whose record says "running".
  assets::Unfinished unfinished = assets::Unfinished::may_be_running;
  SqlLimits sql;
  // Runs readers' SQL; null: queries are refused.
  std::shared_ptr<sandbox::Pool> queries;
  std::string memory_limit;  // as the database was opened; empty: DuckDB's default
};

class Api {
 public:
  // The constructor reads `project` and keeps no reference to it.
  Api(const duck::Database& database, const dbt::Project& project, Sources sources);

  // One function per operationId.
  std::string get_catalog();
  std::string get_contract();  // YAML
  std::string post_metrics(std::string_view request);
  std::string post_changes(std::string_view request);
  std::string post_contribution(std::string_view request);
  std::string post_histogram(std::string_view request);
  std::string post_cube(std::string_view request);
  std::string post_funnel(std::string_view request);
  std::string post_cohorts(std::string_view request);
  std::string post_top_users(std::string_view request);
  std::string get_sessions(const SessionPageRequest& request);
  // All sessions in the request's scope and order, as CSV. The returned function writes them piece
  // by piece. get_sessions_csv() throws if the request is invalid; the returned function throws if
  // the query fails.
  std::function<void(const WriteBytes&)> get_sessions_csv(const SessionPageRequest& request,
                                                          std::stop_token cancelled);
  std::string get_session(std::int64_t id);
  std::string get_dictionary();
  std::string get_profile(const std::string& table);
  std::string get_assets();
  std::string get_asset(const std::string& name, std::int64_t limit);
  std::string get_runs(std::int64_t limit, std::optional<std::int64_t> before);
  std::string get_run(std::int64_t id);
  std::string post_sql(std::string_view request, const std::stop_token& cancelled);
  void cancel_sql(const std::string& id);
  std::string get_sql_schema();

  // Loads the facts of the last publication, so that no request waits for them. Call it at the
  // start and after each publication. Throws like read_facts().
  void warm() { facts_.current(); }
  // Destroys the connections to an instance of DuckDB that has ended, so that the file can be
  // reopened.
  void let_go_if_ended();
  // Frees the facts, about 50 bytes per generation, and DuckDB's cache of the file, until the next
  // request. Returns false, and does nothing, while a request uses a connection. Nobody else may
  // use the database meanwhile: their queries could run out of memory.
  bool release();

 private:
  class Lease;
  // The recorded layer, or else the fallback.
  std::shared_ptr<const Layer> known_layer();
  Lease connection();
  template <typename Compute>
  std::string compute(std::string_view operation, std::string_view request, const Compute& compute);
  std::string remembered(const std::string& key,
                         const std::function<std::string(duck::Connection&)>& make);

  duck::Database database_;
  Sources sources_;
  const std::string memory_limit_;
  Dictionary dictionary_;
  FrictionRule rule_;
  std::shared_ptr<const Layer> layer_;  // if none is on record
  FactStore facts_;
  SqlSandbox sandbox_;
  std::mutex mutex_;
  std::vector<duck::Connection> idle_;  // guarded by mutex_, like the members below
  std::size_t leased_ = 0;
  PublishedState remembered_of_{-1, 0};
  std::map<std::string, std::string> remembered_;
};

}  // namespace gsa::api
