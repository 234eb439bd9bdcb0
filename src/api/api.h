#pragma once

// The dashboard's API below HTTP: a function for each operation of openapi.yaml, text in and text
// out. Each may be called from any thread and blocks until it has the answer. Errors are thrown;
// error_json() and status_of() (api_error.h) put them into an answer.

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

// What api cannot know by itself.
struct Sources {
  // The assets as they are now; asked for each time. It is given a connection of its own.
  std::function<AssetsNow(duck::Connection&)> assets;
  // The measures of a warehouse that has none on record; null: those of `project`.
  std::shared_ptr<const Layer> layer;
  // Of all columns; asked for when the dictionary is first shown after a publication.
  std::function<ColumnLineage(duck::Connection&)> lineage;
  // What becomes of runs that are on record as running.
  assets::Unfinished unfinished = assets::Unfinished::may_be_running;
  SqlLimits sql;
  // Runs the SQL of readers; null: there is none.
  std::shared_ptr<sandbox::Pool> queries;
  std::string memory_limit;  // that the database was opened with; empty: DuckDB's own
};

class Api {
 public:
  // `project` is only read here.
  Api(const duck::Database& database, const dbt::Project& project, Sources sources);

  // Operations by their operationId.
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
  // All sessions of the request's scope, in its order, as CSV: the function that is returned hands
  // them out bit by bit. Throws where the request is wrong; the function where the query fails.
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

  // Reads the facts of the last publication, so that the next who asks need not wait: at the start,
  // and after a publication. Throws as read_facts().
  void warm() { facts_.current(); }
  // Lets go of connections to an instance of DuckDB that has ended, so that it can be opened anew.
  void let_go_if_ended();
  // Gives back their memory, about 50 bytes a generation, and what DuckDB keeps of the file, until
  // somebody asks again. Does nothing, and returns false, while something is being asked. Nobody
  // else may use the database meanwhile: what they ask of it may fail for want of memory.
  bool release();

 private:
  class Lease;
  // What is on record, else the fallback.
  std::shared_ptr<const Layer> known_layer();
  Lease connection();
  template <typename Compute>
  std::string compute(std::string_view operation, std::string_view request, const Compute& compute);
  std::string remembered(const std::string& key,
                         const std::function<std::string(duck::Connection&)>& make);

  duck::Database database_;
  Sources sources_;
  Dictionary dictionary_;
  FrictionRule rule_;
  std::shared_ptr<const Layer> layer_;  // where none is on record
  FactStore facts_;
  SqlSandbox sandbox_;
  std::mutex mutex_;
  std::vector<duck::Connection> idle_;  // guarded by mutex_, as what is below
  std::size_t leased_ = 0;
  PublishedState remembered_of_{-1, 0};
  std::map<std::string, std::string> remembered_;
};

}  // namespace gsa::api
