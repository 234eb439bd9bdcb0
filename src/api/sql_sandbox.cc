#include "api/sql_sandbox.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "api/json_reader.h"
#include "api/json_writer.h"
#include "sandbox/query.h"

namespace gsa::api {

using Clock = std::chrono::steady_clock;

namespace {

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

struct Code {
  const char* word;
  int status;
};

Code code_of(sandbox::FailureKind kind) {
  using sandbox::FailureKind;
  switch (kind) {
    case FailureKind::refused:
      return {"sql_refused", 403};
    case FailureKind::sql:
      return {"sql_error", 400};
    case FailureKind::timeout:
      return {"sql_timeout", 408};
    case FailureKind::cancelled:
      return {"sql_cancelled", 409};
    case FailureKind::out_of_memory:
      return {"sql_out_of_memory", 507};
    case FailureKind::crashed:
      return {"sql_crashed", 500};
    case FailureKind::busy:
      return {"busy", 503};
    case FailureKind::unavailable:
      break;
  }
  return {"unavailable", 503};
}

ApiError api_error(const sandbox::Failure& failure) {
  const Code code = code_of(failure.kind());
  ApiError error(code.word, code.status, failure.message(), failure.hint());
  error.line = failure.line;
  error.column = failure.column;
  return error;
}

std::string json_of(const sandbox::Answer& answer, Clock::time_point begun) {
  const duck::JsonRows& result = answer.rows;
  JsonWriter json;
  json.begin_object();
  json.field("publication", answer.publication);
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

// A running query. While this object exists, cancel() finds the query by its id.
class SqlSandbox::Running {
 public:
  Running(SqlSandbox& sandbox, std::string id) : sandbox_(sandbox), id_(std::move(id)) {
    if (id_.empty()) return;
    const std::lock_guard lock(sandbox_.mutex_);
    if (!sandbox_.running_.emplace(id_, cancelled_).second) {
      throw bad_request(fmt::format("a query '{}' is running already", id_), "take another id");
    }
  }
  ~Running() {
    if (id_.empty()) return;
    const std::lock_guard lock(sandbox_.mutex_);
    sandbox_.running_.erase(id_);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  bool is_cancelled() const { return *cancelled_; }

 private:
  SqlSandbox& sandbox_;
  const std::string id_;
  const Cancelled cancelled_ = std::make_shared<std::atomic<bool>>(false);
};

SqlSandbox::SqlSandbox(const duck::Database& database, std::shared_ptr<sandbox::Pool> pool,
                       SqlLimits limits)
    : database_(database), pool_(std::move(pool)), limits_(limits) {}

std::string SqlSandbox::run(std::string_view text, const std::stop_token& cancelled) {
  const Clock::time_point begun = Clock::now();
  const Request request = read_request(text);
  if (!pool_) throw ApiError("unavailable", 503, "SQL is not available here");
  const Running running(*this, request.id);
  sandbox::Query query;
  query.sql = request.sql;
  query.max_rows = request.limit;
  query.max_bytes = limits_.bytes;
  query.time = limits_.time;
  try {
    return json_of(
        pool_->run(query, [&] { return cancelled.stop_requested() || running.is_cancelled(); }),
        begun);
  } catch (const sandbox::Failure& failure) {
    throw api_error(failure);
  }
}

void SqlSandbox::cancel(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto found = running_.find(id);
  if (found == running_.end()) throw not_found(fmt::format("no query '{}' is running", id));
  *found->second = true;
}

}  // namespace gsa::api
