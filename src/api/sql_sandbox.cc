#include "api/sql_sandbox.h"

#include <condition_variable>
#include <exception>
#include <functional>
#include <optional>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "api/facts.h"
#include "api/json_reader.h"
#include "api/large_stack.h"
#include "api/sql_guard.h"
#include "duck/json_rows.h"
#include "duck/sql_error.h"

namespace gsa::api {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

namespace {

// The longest query, nested as deeply as its bytes allow, took less than half of it.
constexpr std::size_t kStackBytes = std::size_t{512} * 1024 * 1024;
constexpr milliseconds kPatience{20};  // between looks at whether to stop a query
constexpr std::int64_t kMaxRows = 10'000;
constexpr std::int64_t kDefaultRows = 1000;
constexpr std::size_t kLongestId = 64;

struct Request {
  std::string sql;
  std::size_t limit = 0;
  std::string id;
};

Request read_request(std::string_view text) {
  const boost::json::object object = parse_object(text);
  ObjectReader reader(object, "");
  Request request;
  request.sql = reader.required_text("sql");
  request.limit = static_cast<std::size_t>(reader.integer("limit", 1, kMaxRows, kDefaultRows));
  request.id = reader.text("id").value_or("");
  reader.done();
  const auto is_plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  };
  if (request.id.size() > kLongestId ||
      !std::all_of(request.id.begin(), request.id.end(), is_plain)) {
    throw bad_request("id must be letters, digits, - and _, at most 64");
  }
  return request;
}

ApiError sql_error(const duck::SqlError& error) {
  ApiError api("sql_error", 400, error.message(), error.hint());
  if (error.kind() == duck::SqlErrorKind::out_of_memory ||
      error.kind() == duck::SqlErrorKind::disk_full) {
    api = ApiError("sql_out_of_memory", 507, "the query needs more memory than there is for it",
                   "aggregate or filter earlier, or sort fewer rows");
  }
  api.line = error.line();
  api.column = error.column();
  return api;
}

std::string answer(duck::Connection& connection, const Request& request, const SqlLimits& limits,
                   Clock::time_point begun) {
  check_sql(connection, request.sql, readable_tables(connection));
  connection.execute("begin transaction read only");
  if (!duck::is_select(connection, request.sql)) {
    throw ApiError("sql_refused", 403, "only SELECT is allowed here");
  }
  const std::int64_t publication = publication_of(connection);
  const duck::JsonRows result =
      duck::query_json(connection, request.sql, request.limit, limits.bytes);
  JsonWriter json;
  json.begin_object();
  json.field("publication", publication);
  json.key("columns");
  json.begin_array();
  for (const duck::JsonColumn& column : result.columns) {
    json.begin_object();
    json.field("name", column.name);
    json.field("type", column.type);
    json.field("kind", column.kind);
    json.end_object();
  }
  json.end_array();
  json.key("rows");
  json.raw(result.rows);
  json.field("truncated", result.truncated != duck::Truncation::none);
  json.key("truncated_by");
  if (result.truncated == duck::Truncation::none) {
    json.null();
  } else {
    json.value(result.truncated == duck::Truncation::rows ? "rows" : "bytes");
  }
  json.field("ms", std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
  json.end_object();
  return json.take();
}

}  // namespace

struct SqlSandbox::Query {
  explicit Query(duck::Connection own) : connection(std::move(own)) {}

  duck::Connection connection;
  std::string id;
  std::atomic<bool> cancelled{false};
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;  // guarded by mutex, as the two below
  std::string answer;
  std::exception_ptr failure;

  void finish(std::string text, std::exception_ptr why) {
    const std::lock_guard lock(mutex);
    answer = std::move(text);
    failure = std::move(why);
    done = true;
    changed.notify_all();
  }
};

SqlSandbox::SqlSandbox(const duck::Database& database, SqlLimits limits)
    : database_(database), limits_(limits) {}

std::shared_ptr<SqlSandbox::Query> SqlSandbox::begin(const std::string& id) {
  const std::lock_guard lock(mutex_);
  if (running_.size() >= limits_.queries) {
    throw ApiError("busy", 503, "as many queries are running as may at a time",
                   "try again when one has ended");
  }
  if (!id.empty() && running_.contains(id)) {
    throw bad_request(fmt::format("a query '{}' is running already", id), "take another id");
  }
  auto query = std::make_shared<Query>(database_.connect());
  query->id = id.empty() ? fmt::format("#{}", next_++) : id;
  running_.emplace(query->id, query);
  return query;
}

void SqlSandbox::end(const std::shared_ptr<Query>& query) {
  const std::lock_guard lock(mutex_);
  running_.erase(query->id);
}

std::string SqlSandbox::run(std::string_view text, const std::stop_token& cancelled) {
  const Clock::time_point begun = Clock::now();
  const Request request = read_request(text);
  const std::shared_ptr<Query> query = begin(request.id);
  bool timed_out = false;
  try {
    const LargeStackThread thread(kStackBytes, [&] {
      try {
        query->finish(answer(query->connection, request, limits_, begun), nullptr);
      } catch (...) {
        query->finish("", std::current_exception());
      }
    });
    std::unique_lock lock(query->mutex);
    // DuckDB forgets an interrupt that comes between two statements, so it is said again until the
    // query has ended.
    while (!query->changed.wait_for(lock, kPatience, [&] { return query->done; })) {
      if (cancelled.stop_requested()) query->cancelled = true;
      timed_out = timed_out || Clock::now() - begun > limits_.time;
      if (query->cancelled || timed_out) query->connection.interrupt();
    }
  } catch (...) {
    end(query);
    throw;
  }
  end(query);
  if (!query->failure) return std::move(query->answer);
  if (query->cancelled) throw ApiError("sql_cancelled", 409, "the query was cancelled");
  if (timed_out) {
    throw ApiError("sql_timeout", 408,
                   fmt::format("the query took longer than {:g} s",
                               std::chrono::duration<double>(limits_.time).count()),
                   "filter or aggregate earlier");
  }
  try {
    std::rethrow_exception(query->failure);
  } catch (const duck::SqlError& error) {
    throw sql_error(error);
  } catch (const ApiError&) {
    throw;
  } catch (const Error& error) {
    throw ApiError("sql_error", 400, error.message(), error.hint());
  } catch (const std::bad_alloc&) {
    throw ApiError("sql_out_of_memory", 507, "the query needs more memory than there is for it");
  }
}

bool SqlSandbox::while_idle(const std::function<void()>& act) {
  const std::lock_guard lock(mutex_);
  if (!running_.empty()) return false;
  act();
  return true;
}

void SqlSandbox::cancel(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(id);
  if (found == running_.end()) throw not_found(fmt::format("no query '{}' is running", id));
  found->second->cancelled = true;
}

}  // namespace gsa::api
