#pragma once

// Statements on Trino, from several threads: each statement has a client of its own while it runs.

#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "trino/client.h"

namespace gsa::remote {

class Session {
 public:
  // `retried` gets a line for each request that is repeated.
  Session(trino::ConnectionSettings settings, std::stop_token stop,
          std::function<void(const std::string&)> retried = {});

  // Asks for something small, and waits only a few seconds for Trino to be there: a wrong address
  // is told at once.
  void greet();
  // Any thread. What may pass by itself (a query that a restarted coordinator lost, storage or
  // workers that fail) throws assets::TransientError; all else as trino::Client::run().
  trino::StatementInfo run(const std::string& sql);
  std::vector<trino::Row> fetch(const std::string& sql);
  trino::StatementResult fetch_all(const std::string& sql);

 private:
  template <typename Work>
  auto with_client(Work work);

  const trino::ConnectionSettings settings_;
  const std::stop_token stop_;
  const std::function<void(const std::string&)> retried_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<trino::Client>> idle_;
};

// A value of a row as text; "" for null.
std::string text_of(const boost::json::value& value);

}  // namespace gsa::remote
