#pragma once

// A coordinator's statement API: starts a query, follows it, cancels it. It repeats requests where
// that is safe, and turns failures into errors. One thread.

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "trino/connection_settings.h"
#include "trino/rest_transfer.h"

namespace gsa::trino {

// What can end a statement from outside, and who hears of retries.
struct RunControl {
  std::stop_token stop = {};
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
  std::chrono::milliseconds timeout{0};  // what the deadline was made from, for the message
  std::function<void(const std::string& text)> on_retry = {};
};

class Coordinator {
 public:
  // The settings are valid, and outlive the object.
  explicit Coordinator(const ConnectionSettings& settings);

  // Sends a statement and returns the answer, whose status is 200. Tries again only where Trino
  // cannot have taken the statement: it answered 429, 502, 503 or 504, or nothing was sent.
  // Throws ConnectionError, StatementTimeout, Error and Error{interrupted}.
  RestAnswer post(std::string_view sql, HttpHeaders headers, const RunControl& control);

  // Asks for the next page. Also tries again if the connection broke: Trino gives the same page to
  // the same address. Throws also QueryLost.
  RestAnswer get(const std::string& uri, const std::string& query_id, const RunControl& control);

  // Cancels the query that goes on at that address. Waits for the answer for a few seconds, and
  // ignores failures: Trino itself ends queries that nobody asks for, after five minutes.
  void cancel(const std::string& uri) noexcept;

  // Throws Error unless the address has the scheme, host and port of the settings: only they may
  // see the credentials.
  void check_own(const std::string& uri) const;

  const std::string& place() const { return place_; }  // "Trino at http://localhost:8080"

 private:
  struct Failure;
  RestAnswer send(const RestRequest& request, const RunControl& control) const;
  std::optional<Failure> failure_of(const RestAnswer& answer, RestMethod method) const;
  Failure refused(const RestAnswer& answer) const;
  Failure unreachable(const RestAnswer& answer, RestMethod method) const;
  RestAnswer send_until_answered(RestRequest request, const std::string& query_id,
                                 const RunControl& control);

  const ConnectionSettings& settings_;
  std::string origin_, place_;
  HttpHeaders common_headers_;
  RestTransfer transfer_;
};

}  // namespace gsa::trino
