#include "remote/trino_session.h"

#include <utility>

#include <boost/json/serialize.hpp>

#include "assets/step_retries.h"

namespace gsa::remote {
namespace {

// An error of the engine that may not come again: its own trouble or its storage's, not the SQL's.
bool may_pass(const trino::QueryError& error) {
  return error.is_starting_up() || error.kind() == trino::QueryErrorKind::external ||
         error.kind() == trino::QueryErrorKind::internal_error ||
         error.name() == "NO_NODES_AVAILABLE" || error.name() == "CLUSTER_OUT_OF_MEMORY";
}

}  // namespace

Session::Session(trino::ConnectionSettings settings, std::stop_token stop,
                 std::function<void(const std::string&)> retried)
    : settings_(std::move(settings)), stop_(std::move(stop)), retried_(std::move(retried)) {}

void Session::greet() {
  constexpr std::chrono::seconds kPatience{5};
  trino::ConnectionSettings settings = settings_;
  settings.retry_limit = kPatience;
  trino::RunOptions options;
  options.stop = stop_;
  trino::Client(settings).run("select 1", options);
}

template <typename Work>
auto Session::with_client(Work work) {
  std::unique_ptr<trino::Client> client;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      client = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!client) client = std::make_unique<trino::Client>(settings_);
  trino::RunOptions options;
  options.stop = stop_;
  options.on_retry = retried_;
  try {
    auto result = work(*client, options);
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(client));
    return result;
  } catch (const trino::QueryLost& error) {
    throw assets::TransientError(error.message(), error.hint());
  } catch (const trino::ConnectionError& error) {
    throw assets::TransientError(error.message(), error.hint());
  } catch (const trino::QueryError& error) {
    if (may_pass(error)) throw assets::TransientError(error.message(), error.hint());
    throw;
  }
}

trino::StatementInfo Session::run(const std::string& sql) {
  return with_client([&](trino::Client& client, const trino::RunOptions& options) {
    return client.run(sql, options);
  });
}

trino::StatementResult Session::fetch_all(const std::string& sql) {
  return with_client([&](trino::Client& client, const trino::RunOptions& options) {
    return client.fetch(sql, options);
  });
}

std::vector<trino::Row> Session::fetch(const std::string& sql) { return fetch_all(sql).rows; }

std::string text_of(const boost::json::value& value) {
  if (value.is_null()) return "";
  if (const auto* text = value.if_string()) return std::string(*text);
  return boost::json::serialize(value);
}

}  // namespace gsa::remote
