#include "trino/client.h"

#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::trino {
namespace {

ConnectionSettings checked(ConnectionSettings settings) {
  check_settings(settings);
  return settings;
}

}  // namespace

// A statement on its way through the pages.
class Client::Statement {
 public:
  Statement(Client& client, const RunOptions& options) : client_(client), options_(options) {
    control_.stop = options.stop;
    control_.on_retry = options.on_retry;
    if (options.timeout) {
      control_.timeout = *options.timeout;
      control_.deadline = std::chrono::steady_clock::now() + *options.timeout;
    }
  }

  StatementInfo run(std::string_view sql) {
    Coordinator& coordinator = client_.coordinator_;
    try {
      take(coordinator.post(sql, client_.session_.headers(), control_));
      while (!uri_.empty()) take(coordinator.get(uri_, info_.query_id, control_));
    } catch (const QueryLost&) {
      throw;  // there is nothing to cancel
    } catch (...) {
      if (!uri_.empty()) coordinator.cancel(uri_);
      throw;
    }
    return std::move(info_);
  }

 private:
  void take(const RestAnswer& answer) {
    std::optional<ResultPage> page = read_page(answer.body);
    if (!page) refuse("is unreadable");
    client_.session_.update(answer.headers);
    if (!page->next_uri.empty()) client_.coordinator_.check_own(page->next_uri);
    uri_ = page->next_uri;
    absorb(page->info);
    if (options_.on_progress) options_.on_progress(info_);
    for (const Row& row : page->rows) {
      if (row.size() != info_.columns.size()) refuse("has rows that do not fit its columns");
    }
    if (options_.on_rows && !page->rows.empty()) options_.on_rows(info_, std::move(page->rows));
    if (page->failure) throw QueryError(std::move(*page->failure), info_.query_id);
  }

  // Columns, warnings and the rest are not repeated on every page.
  void absorb(StatementInfo& page) {
    info_.query_id = std::move(page.query_id);
    info_.stats = std::move(page.stats);
    if (!page.info_uri.empty()) info_.info_uri = std::move(page.info_uri);
    if (!page.columns.empty()) info_.columns = std::move(page.columns);
    if (!page.update_type.empty()) info_.update_type = std::move(page.update_type);
    if (page.update_count) info_.update_count = page.update_count;
    if (!page.warnings.empty()) info_.warnings = std::move(page.warnings);
  }

  [[noreturn]] void refuse(std::string_view what) const {
    throw Error(fmt::format("{} does not answer like Trino: its answer {}",
                            client_.coordinator_.place(), what),
                "check host and port");
  }

  Client& client_;
  const RunOptions& options_;
  RunControl control_;
  StatementInfo info_;
  std::string uri_;  // where the query goes on; empty: it has ended or failed, or has not begun
};

Client::Client(ConnectionSettings settings)
    : settings_(checked(std::move(settings))), coordinator_(settings_), session_(settings_) {}

StatementInfo Client::run(std::string_view sql, const RunOptions& options) {
  return Statement(*this, options).run(sql);
}

StatementResult Client::fetch(std::string_view sql, RunOptions options) {
  StatementResult result;
  options.on_rows = [&](const StatementInfo&, std::vector<Row> rows) {
    result.rows.insert(result.rows.end(), std::make_move_iterator(rows.begin()),
                       std::make_move_iterator(rows.end()));
  };
  result.info = run(sql, options);
  return result;
}

}  // namespace gsa::trino
