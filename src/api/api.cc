#include "api/api.h"

#include <utility>

#include <fmt/format.h>

#include "api/catalog_json.h"
#include "api/distribution.h"
#include "api/engagement.h"
#include "api/metrics_request.h"
#include "api/segments.h"
#include "api/served_contract.h"
#include "api/session_detail.h"
#include "api/table_profile.h"
#include "base/memory.h"
#include "base/text.h"
#include "semantic/layer_reading.h"

namespace gsa::api {
namespace {

constexpr std::size_t kIdleConnections = 8;
constexpr std::int64_t kMaxListed = 1000;  // runs, materializations

void check_limit(std::int64_t limit) {
  if (limit < 1 || limit > kMaxListed) {
    throw bad_request(fmt::format("limit must be from 1 to {}", kMaxListed));
  }
}

// Runs `read` in a read transaction, so that it sees one state of the tables, whatever a run
// records meanwhile.
template <typename Read>
std::string in_one_state(duck::Connection& connection, const Read& read) {
  const duck::Transaction transaction(connection, duck::Transaction::Kind::read_only);
  return read();
}

void try_to(duck::Connection& connection, const std::string& sql) {
  try {
    connection.execute(sql);
  } catch (const Error&) {
    // Best effort.
  }
}

// DuckDB keeps the pages that it has read until it needs the memory; a low limit makes it free all
// unused ones. `limit` is the limit to restore: RESET would change the setting alone, and leave the
// pages with the low limit.
void give_back_pages(duck::Connection& connection, const std::string& limit) {
  // A run's changes stay in memory until a checkpoint writes them to the file. It may fail while
  // somebody reads an older state.
  try_to(connection, "checkpoint");
  // DuckDB refuses a limit below the memory in use, but frees everything else first. A limit that
  // it accepts returns the memory to the system.
  try_to(connection, "set memory_limit = '1MB'");
  try_to(connection, "set memory_limit = '32MB'");
  connection.execute(fmt::format("set memory_limit = {}", sql_quote(limit)));
}

// DuckDB reports its own rounded.
std::string memory_limit_of(const duck::Database& database, const Sources& sources) {
  return sources.memory_limit.empty()
             ? database.connect().query("select current_setting('memory_limit')").text(0, 0)
             : sources.memory_limit;
}

std::shared_ptr<const Layer> fallback_layer(const Sources& sources, const dbt::Project& project) {
  if (sources.layer) return sources.layer;
  return std::make_shared<const Layer>(semantic::read_layer(project).value_or(Layer{}));
}

}  // namespace

// A connection that returns to the idle ones.
class Api::Lease {
 public:
  explicit Lease(Api& api) : api_(api), connection_(take(api)) {}
  ~Lease() {
    const std::lock_guard lock(api_.mutex_);
    --api_.leased_;
    if (api_.idle_.size() < kIdleConnections && !connection_.is_invalidated()) {
      api_.idle_.push_back(std::move(connection_));
    }
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  duck::Connection& operator*() { return connection_; }

 private:
  static duck::Connection take(Api& api) {
    const std::lock_guard lock(api.mutex_);
    if (api.idle_.empty()) api.idle_.push_back(api.database_.connect());
    duck::Connection connection = std::move(api.idle_.back());
    api.idle_.pop_back();
    ++api.leased_;
    return connection;
  }

  Api& api_;
  duck::Connection connection_;
};

Api::Api(const duck::Database& database, const dbt::Project& project, Sources sources)
    : database_(database),
      sources_(std::move(sources)),
      memory_limit_(memory_limit_of(database_, sources_)),
      dictionary_(project),
      rule_(friction_rule(project)),
      layer_(fallback_layer(sources_, project)),
      facts_(database, layer_),
      sandbox_(database, sources_.queries, sources_.sql) {}

Api::Lease Api::connection() { return Lease(*this); }

template <typename Compute>
std::string Api::compute(std::string_view operation, std::string_view request,
                         const Compute& compute) {
  const std::shared_ptr<const Snapshot> snapshot = facts_.current();
  const std::string key = fmt::format("{} {}", operation, request);
  if (auto known = snapshot->find_answer(key)) return *std::move(known);
  std::string answer = compute(*snapshot, request);
  snapshot->keep_answer(key, answer);
  return answer;
}

std::string Api::remembered(const std::string& key,
                            const std::function<std::string(duck::Connection&)>& make) {
  Lease lease = connection();
  const PublishedState published = published_state(*lease);
  {
    const std::lock_guard lock(mutex_);
    if (remembered_of_ != published) remembered_.clear();
    remembered_of_ = published;
    if (const auto found = remembered_.find(key); found != remembered_.end()) {
      return found->second;
    }
  }
  std::string made = make(*lease);
  const std::lock_guard lock(mutex_);
  if (remembered_of_ == published) remembered_[key] = made;
  return made;
}

void Api::let_go_if_ended() {
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(idle_, [](const auto& connection) { return connection.is_invalidated(); });
  }
  facts_.let_go_if_ended();
}

bool Api::release() {
  {
    const std::lock_guard lock(mutex_);
    if (leased_ > 0) return false;
    idle_.clear();
    facts_.release([&] {
      duck::Connection connection = database_.connect();
      give_back_pages(connection, memory_limit_);
    });
  }
  return_freed_memory();
  return true;
}

std::string Api::get_catalog() {
  const auto snapshot = facts_.current();
  Lease lease = connection();
  return catalog(*snapshot, *lease);
}

std::shared_ptr<const Layer> Api::known_layer() {
  try {
    return facts_.current()->facts().layer;
  } catch (const Error&) {
    return layer_;  // nothing is published, or it does not fit the project
  }
}

std::string Api::get_contract() { return contract_yaml(*known_layer()); }

std::string Api::post_metrics(std::string_view request) {
  return metrics(*facts_.current(), request);
}
std::string Api::post_changes(std::string_view request) {
  return compute("changes", request, changes);
}
std::string Api::post_contribution(std::string_view request) {
  return compute("contribution", request, contribution);
}
std::string Api::post_histogram(std::string_view request) {
  return compute("histogram", request, histogram);
}
std::string Api::post_cube(std::string_view request) { return compute("cube", request, cube); }
std::string Api::post_funnel(std::string_view request) {
  return compute("funnel", request, funnel);
}
std::string Api::post_cohorts(std::string_view request) {
  return compute("cohorts", request, cohorts);
}
std::string Api::post_top_users(std::string_view request) {
  return compute("top-users", request, top_users);
}

std::string Api::get_sessions(const SessionPageRequest& request) {
  const auto snapshot = facts_.current();
  Lease lease = connection();
  return session_page(*snapshot, *lease, request);
}

std::function<void(const WriteBytes&)> Api::get_sessions_csv(const SessionPageRequest& request,
                                                             std::stop_token cancelled) {
  return [this, select = sessions_select(*facts_.current(), request),
          cancelled = std::move(cancelled)](const WriteBytes& write) {
    Lease lease = connection();
    const std::stop_callback stop(cancelled, [&] { (*lease).interrupt(); });
    write_sessions_csv(*lease, select, write);
  };
}

std::string Api::get_session(std::int64_t id) {
  Lease lease = connection();
  return session_detail(*lease, rule_, id);
}

std::string Api::get_dictionary() {
  return remembered("dictionary", [&](duck::Connection& connection) {
    return dictionary_json(connection, dictionary_,
                           sources_.lineage ? sources_.lineage(connection) : ColumnLineage{},
                           *known_layer());
  });
}

std::string Api::get_profile(const std::string& table) {
  return remembered("profile " + table,
                    [&](duck::Connection& connection) { return profile_json(connection, table); });
}

std::string Api::get_assets() {
  Lease lease = connection();
  return assets_json(*lease, sources_.assets ? sources_.assets(*lease) : AssetsNow{});
}

std::string Api::get_asset(const std::string& name, std::int64_t limit) {
  check_limit(limit);
  Lease lease = connection();
  const AssetsNow now = sources_.assets ? sources_.assets(*lease) : AssetsNow{};
  return in_one_state(*lease, [&] { return asset_json(*lease, now, name, limit); });
}

std::string Api::get_runs(std::int64_t limit, std::optional<std::int64_t> before) {
  check_limit(limit);
  Lease lease = connection();
  return runs_json(*lease, limit, before, sources_.unfinished);
}

std::string Api::get_run(std::int64_t id) {
  Lease lease = connection();
  return in_one_state(*lease, [&] { return run_json(*lease, id, sources_.unfinished); });
}

std::string Api::post_sql(std::string_view request, const std::stop_token& cancelled) {
  return sandbox_.run(request, cancelled);
}

void Api::cancel_sql(const std::string& id) { sandbox_.cancel(id); }

std::string Api::get_sql_schema() {
  return remembered("sql schema", [&](duck::Connection&) {
    return sandbox_.schema([&](const std::string& table, const std::string& column) {
      return dictionary_.describe(table, column);
    });
  });
}

}  // namespace gsa::api
